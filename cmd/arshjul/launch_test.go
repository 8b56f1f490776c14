package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// A cycle is launched by two persons on the command line, and every no has its exit code.
func TestLaunch(t *testing.T) {
	d := servertest.New(t)
	server := "--server=" + d.URL
	first, second := "--as="+string(servertest.Launcher), "--as="+string(servertest.Confirmer)
	order := func(args ...string) []string {
		return append([]string{"launch", server, first, "--year=2028", "--dnr=KS 12/2026 (påhittat)", "--date=2026-11-01"}, args...)
	}
	before := file(t, "fore.csv", "steg;skäl;referens\nnamndens-forslag/SN;Beslutades i mars (påhittat);SN § 12\n")
	badFile := file(t, "dalig.csv", "bara ett fält\n")
	for _, row := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"check", []string{"launch", "check", "--year=2028", server, first}, api.ExitOK, "51 steg"},
		{"check a late one", []string{"launch", "check", "--year=2027", server, first}, api.ExitOK, "Steg vars senast-dag har passerat: "},
		{"check what is no year", []string{"launch", "check", "--year=1999", server, first}, api.ExitRefused, "1999"},
		{"no decision", []string{"launch", "--year=2028", server, first}, api.ExitUsage, "diarienummer"},
		{"bad date", order("--date=i går"), api.ExitUsage, "--date"},
		{"no such stage", order("--from=vår"), api.ExitUsage, "uppföljning"},
		{"before without a reason", order("--before=planeringsanvisningar/KS"), api.ExitUsage, "STEG=SKÄL"},
		{"before from a bad file", order("--before-file=" + badFile), api.ExitUsage, "dalig.csv:1"},
		{"before from no file", order("--before-file=/finns/inte"), api.ExitUsage, "går inte att läsa"},
		{"before of no step", order("--before=finns-inte/KS=Klart"), api.ExitRefused, "finns-inte/KS"},
		{"no such optional step", order("--with=finns-inte"), api.ExitRefused, "finns-inte"},
		{"an election year", order("--year=2027"), api.ExitRefused, "valår"},
		{"order", order("--before=planeringsanvisningar/KS=Beslutades före start (påhittat)@KS § 4", "--before-file="+before, "--id=l-1"), api.ExitOK, "arshjul launch confirm"},
		{"order again", order("--before=planeringsanvisningar/KS=Beslutades före start (påhittat)@KS § 4", "--before-file="+before, "--id=l-1"), api.ExitOK, "arshjul launch confirm"},
		{"list", []string{"launch", "list", server, first}, api.ExitOK, "väntar på en andra person"},
		{"confirm no number", []string{"launch", "confirm", "tre", server, second}, api.ExitUsage, "launch list"},
		{"confirm nothing", []string{"launch", "confirm", "9999", server, second}, api.ExitRefused, "9999"},
	} {
		r := arshjul(row.args...)
		if r.code != row.code || !strings.Contains(r.out+r.err, row.says) {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", row.name, r.code, row.code, row.says, r.out, r.err)
		}
	}
	var orders api.Orders
	if r := arshjul("launch", "list", server, first, "--json"); r.code != api.ExitOK || json.Unmarshal([]byte(r.out), &orders) != nil || len(orders.Orders) != 1 {
		t.Fatalf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	if o := orders.Orders[0]; len(o.Before) != 2 || o.Before[0].Reference != "KS § 4" || o.Before[1].Step != "namndens-forslag/SN" || o.Before[1].Reason != "Beslutades i mars (påhittat)" {
		t.Errorf("klart före start: %+v", o.Before)
	}
	number := strconv.FormatUint(orders.Orders[0].Number, 10)
	for _, row := range []struct {
		as   string
		code int
		says string
	}{
		{first, api.ExitRefused, "En annan cykelansvarig"},
		{second, api.ExitOK, "cycle/1283/2028"},
		{second, api.ExitOK, "cycle/1283/2028"},
	} {
		r := arshjul("launch", "confirm", number, server, row.as)
		if r.code != row.code || !strings.Contains(r.out+r.err, row.says) {
			t.Errorf("confirm %s: exit %d, want %d and %q\n%s%s", row.as, r.code, row.code, row.says, r.out, r.err)
		}
	}
	if r := arshjul("status", "cycle/1283/2028", server, first); !strings.Contains(r.out, "2 av 51 steg klara") || !strings.Contains(r.out, "klart före start") {
		t.Errorf("%s%s", r.out, r.err)
	}
	if r := arshjul("launch", "list", server, first); !strings.Contains(r.out, "startad: cycle/1283/2028") {
		t.Errorf("%s%s", r.out, r.err)
	}
}
