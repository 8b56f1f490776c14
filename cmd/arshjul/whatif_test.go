package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// Questions that a stadsledning asks about the cycle of 2028, with what must be in the answer.
func TestWhatIf(t *testing.T) {
	for _, row := range []struct {
		flag       string
		step, what string
		to         string
		paragraph  string
	}{
		{"--aterremiss=kf-mal-och-ekonomi", "kf-mal-och-ekonomi/KF", "plan", "2027-08-24", "KL 11:10"},
		{"--minoritet=kf-mal-och-ekonomi/KF", "ks-forslag/KS", "opens", "2027-06-15", "KL 11:8"},
		{"--move=KF-2027-06-15=2027-11-17", "publicera-forslag/KS", "plan", "2027-11-10", "KL 5:13"},
		{"--late=SN:namndens-forslag=20", "ks-forslag/KS", "opens", "2027-04-05", "KL 11:8"},
	} {
		r := arshjul("whatif", "--wheel=helsingborg-1", "--year=2028", "--json", row.flag)
		if r.code != api.ExitOK {
			t.Fatalf("%s: exit %d\n%s", row.flag, r.code, r.err)
		}
		var raw struct{ Moved, Law []map[string]any }
		var f api.Foresight
		for _, into := range []any{&raw, &f} {
			if err := json.Unmarshal([]byte(r.out), into); err != nil {
				t.Fatalf("%s: %v\n%s", row.flag, err, r.out)
			}
		}
		hasMembers(t, raw.Moved[0], "from", "step", "to", "unit", "what")
		hasMembers(t, raw.Law[0], "paragraph", "slack_days", "step")
		if !slices.ContainsFunc(f.Moved, func(m api.Moved) bool {
			return string(m.Step) == row.step && m.What == row.what && m.To != nil && string(*m.To) == row.to
		}) {
			t.Errorf("%s: %s %s is not moved to %s, among %+v", row.flag, row.step, row.what, row.to, f.Moved)
		}
		if !slices.ContainsFunc(f.Law, func(l api.LawSlack) bool { return string(l.Paragraph) == row.paragraph }) {
			t.Errorf("%s: nothing about %s, among %+v", row.flag, row.paragraph, f.Law)
		}
	}
	told := arshjul("whatif", "--wheel=helsingborg-1", "--year=2028", "--aterremiss=kf-mal-och-ekonomi")
	if told.code != api.ExitOK || !strings.Contains(told.out, "dagar blir andra") || !strings.Contains(told.out, "KL 11:10") {
		t.Errorf("exit %d\n%s%s", told.code, told.out, told.err)
	}
}

func TestWhatIfRefuses(t *testing.T) {
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--wheel=helsingborg-1", "--year=2028"}, api.ExitUsage, "Ange vad som skulle hända"},
		{[]string{"--aterremiss=kf-mal-och-ekonomi"}, api.ExitUsage, "--wheel och --year"},
		{[]string{"--wheel=helsingborg-1", "--year=2028", "--aterremiss=finns-inte"}, api.ExitRefused, "finns-inte"},
		{[]string{"--wheel=helsingborg-1", "--year=2028", "--aterremiss=dialog-april"}, api.ExitRefused, "kan inte återremitteras"},
		{[]string{"--wheel=helsingborg-1", "--year=2028", "--minoritet=internbudget/SN"}, api.ExitRefused, "5:50"},
		{[]string{"--wheel=helsingborg-1", "--year=2028", "--move=KF-2027-06-15"}, api.ExitUsage, "SAMMANTRÄDE=DAG"},
		{[]string{"--wheel=helsingborg-1", "--year=2028", "--move=KF-1=2027-11-17"}, api.ExitRefused, "KF-1"},
		{[]string{"--wheel=helsingborg-1", "--year=2028", "--late=SN=20"}, api.ExitUsage, "ENHET:STEG=DAGAR"},
		{[]string{"--wheel=helsingborg-1", "--year=2028", "--late=SN:namndens-forslag=0"}, api.ExitUsage, "1 till 366"},
	} {
		if r := arshjul(append([]string{"whatif"}, row.args...)...); r.code != row.code || !strings.Contains(r.err, row.says) {
			t.Errorf("%v: exit %d, want %d and %q\n%s%s", row.args, r.code, row.code, row.says, r.out, r.err)
		}
	}
}

// The same questions on a cycle that goes on, and what stands in its way; asking changes nothing.
func TestWhatIfAndPathOfACycle(t *testing.T) {
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	server, cycle := "--server="+d.URL, "--cycle="+stream
	const writer = "--as=p-slf-stadens-processledare"
	before := arshjul("status", stream, server, writer)
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"whatif", cycle, "--minoritet=kf-mal-och-ekonomi"}, api.ExitOK, "KL 11:10"},
		{[]string{"whatif", cycle, "--late=SN:namndens-forslag=20", "--json"}, api.ExitOK, `"slack_days"`},
		{[]string{"whatif", cycle, "--aterremiss=finns-inte"}, api.ExitRefused, "finns-inte"},
		{[]string{"whatif", "--cycle=cycle/1283/1999", "--aterremiss=kf-mal-och-ekonomi"}, api.ExitRefused, "1999"},
		{[]string{"path", cycle, "--to=kf-mal-och-ekonomi"}, api.ExitOK, "namndens-forslag/SN"},
		{[]string{"path", cycle, "--to=kf-mal-och-ekonomi", "--json"}, api.ExitOK, `"tightest"`},
		{[]string{"path", cycle, "--to=namndens-forslag"}, api.ExitRefused, "namndens-forslag"},
		{[]string{"path", cycle}, api.ExitUsage, "--to"},
	} {
		if r := arshjul(append(row.args, server, writer)...); r.code != row.code || !strings.Contains(r.out+r.err, row.says) {
			t.Errorf("%v: exit %d, want %d and %q\n%s%s", row.args, r.code, row.code, row.says, r.out, r.err)
		}
	}
	if after := arshjul("status", stream, server, writer); after.out != before.out {
		t.Errorf("asking changed the cycle:\n%s\n%s", before.out, after.out)
	}
}
