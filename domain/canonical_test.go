package domain

import (
	"bytes"
	"fmt"
	"testing"
)

// The bytes of the log's leaves are fixed for ever: these vectors are never updated, only added to.
func TestCanonicalVectors(t *testing.T) {
	var out bytes.Buffer
	for _, v := range []struct {
		name string
		e    Event
	}{
		{"empty", Event{}},
		{"text", Event{Dnr: "å \"\\\n\u0001\u007f\u2028 😀"}},
		{"numbers", Event{V: 1, Seq: 18446744073709551615, Round: -1}},
		{"instant", Event{At: 1803456789001}},
		{"decision", Event{V: 1, Stream: "cycle/1283/2028", Seq: 7, At: 1802422800000, Kind: EvDecided, Actor: "p-1", Command: "c-1",
			Body: DigestOf([]byte("body")), Step: "forslag/SN", Round: 1, Version: DigestOf([]byte("version")), Date: "2027-02-10",
			Outcome: OutcomeApproved, Meeting: "SN-2027-02-10", Paragraph: "14", Dnr: "47/2027",
			Evidence: &Evidence{Conditions: []Condition{{Step: "anvisningar/KS", At: StatusDecided, Seq: 3}}, Binding: 2, Registry: 5, Rules: 1}}},
		{"submission", Event{Documents: []Document{{Def: "forslag", SHA256: DigestOf(nil), Size: 1}, {Def: "bilaga", Link: "x"}}, Fields: []FieldValue{{ID: "mal", Value: "y"}}}},
		{"registry", Event{Changes: []Event{{Binding: &Binding{Number: 1, Person: "p", Role: "r", Unit: "u", From: "2026-01-01"}}, {NewMeeting: &Meeting{ID: "m"}}}}},
	} {
		leaf := v.e.Encode()
		fmt.Fprintf(&out, "%s\n%s\n%s\n\n", v.name, leaf, DigestOf(leaf))
	}
	golden(t, "canonical.txt", out.Bytes())
}
