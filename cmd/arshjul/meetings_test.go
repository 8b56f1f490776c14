package main

import (
	"encoding/json"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

func TestPlanMeetings(t *testing.T) {
	const proposed, confirmed, cancelled = domain.MeetingProposed, domain.MeetingConfirmed, domain.MeetingCancelled
	known := []domain.Meeting{
		{ID: "KS-2027-02-10", Unit: "KS", Date: "2027-02-10", Status: proposed},
		{ID: "KS-2027-03-10", Unit: "KS", Date: "2027-03-10", Status: proposed},
		{ID: "KS-2027-04-14", Unit: "KS", Date: "2027-04-14", Status: confirmed},
		{ID: "KS-2027-05-26", Unit: "KS", Date: "2027-05-26", Status: cancelled},
		{ID: "KS-2027-06-09", Unit: "KS", Date: "2027-06-09", Status: proposed},
		{ID: "SN-2027-03-16", Unit: "SN", Date: "2027-03-16", Status: proposed},
	}
	for _, row := range []struct {
		name string
		file []domain.Meeting
		want string // kind and meeting and day of each change
		same int
		left int
	}{
		{"the same", known[2:3], "", 1, 0},
		{"confirmed", []domain.Meeting{{ID: "KS-2027-02-10", Unit: "KS", Date: "2027-02-10", Status: confirmed}}, "confirm-meeting KS-2027-02-10 2027-02-10", 0, 0},
		{"by its day, under another id", []domain.Meeting{{ID: "ks-feb", Unit: "KS", Date: "2027-02-10", Status: confirmed}}, "confirm-meeting KS-2027-02-10 2027-02-10", 0, 0},
		{"moved by its id", []domain.Meeting{{ID: "KS-2027-04-14", Unit: "KS", Date: "2027-04-21", Status: confirmed}}, "move-meeting KS-2027-04-14 2027-04-21", 0, 0},
		{"a proposal gets its day", []domain.Meeting{{ID: "KS-2027-02-17", Unit: "KS", Date: "2027-02-17", Status: confirmed}},
			"move-meeting KS-2027-02-10 2027-02-17; confirm-meeting KS-2027-02-10 2027-02-17", 0, 0},
		{"another body's proposal does not", []domain.Meeting{{ID: "SN-2027-02-17", Unit: "SN", Date: "2027-02-17", Status: proposed}}, "add-meeting SN-2027-02-17 2027-02-17", 0, 0},
		{"a second one in the month is new", []domain.Meeting{{ID: "KS-2027-02-10", Unit: "KS", Date: "2027-02-10", Status: proposed}, {ID: "KS-2027-02-24", Unit: "KS", Date: "2027-02-24", Status: proposed}},
			"add-meeting KS-2027-02-24 2027-02-24", 1, 0},
		{"cancelled", []domain.Meeting{{ID: "KS-2027-04-14", Unit: "KS", Date: "2027-04-14", Status: cancelled}}, "cancel-meeting KS-2027-04-14 2027-04-14", 0, 0},
		{"cancelled already, or never known", []domain.Meeting{{ID: "KS-2027-05-26", Unit: "KS", Date: "2027-05-26", Status: confirmed}, {ID: "KS-2027-07-07", Unit: "KS", Date: "2027-07-07", Status: cancelled}}, "", 2, 0},
		{"a proposal that is not in the file", []domain.Meeting{{ID: "KS-2027-06-16", Unit: "KS", Date: "2027-06-16", Status: cancelled}}, "", 1, 1},
	} {
		plan := planMeetings(known, row.file)
		var got []string
		for _, ch := range plan.changes {
			got = append(got, string(ch.Kind)+" "+string(ch.Meeting.ID)+" "+string(ch.Meeting.Date))
		}
		if strings.Join(got, "; ") != row.want || plan.same != row.same || len(plan.left) != row.left {
			t.Errorf("%s: %q, %d the same, %d left; want %q, %d, %d", row.name, strings.Join(got, "; "), plan.same, len(plan.left), row.want, row.same, row.left)
		}
	}
}

// A calendar is read in once, however often; what it says then holds in the registry.
func TestImportMeetings(t *testing.T) {
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	server, cycle := "--server="+d.URL, "--cycle="+stream
	const registrar, writer = "--as=p-slf-registeransvarig", "--as=p-slf-stadens-processledare"
	calendar := file(t, "kalender.csv", "enhet;datum;status\nKS;2027-02-17;fastställt\nKommunfullmäktige;2027-06-15;föreslaget\nKF;2028-01-25;föreslaget\n")
	ics := file(t, "kalender.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20280222\r\nSUMMARY:Kommunfullmäktige\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	bad := file(t, "dalig.csv", "enhet;datum;status\nXX;2027-02-17;fastställt\n")
	for _, row := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no such file", []string{"import-meetings", "/finns/inte", registrar}, api.ExitUsage, "går inte att läsa"},
		{"a broken file", []string{"import-meetings", bad, registrar}, api.ExitUsage, "dalig.csv:2:1"},
		{"preview", []string{"import-meetings", calendar, registrar, "--preview"}, api.ExitOK, "flyttar       2027-02-17  KS, från 2027-02-10"},
		{"preview as json", []string{"import-meetings", calendar, registrar, "--preview", "--json"}, api.ExitOK, `"move-meeting"`},
		{"not by anybody", []string{"import-meetings", calendar, writer}, api.ExitRefused, "registeransvarig"},
		{"imported", []string{"import-meetings", calendar, registrar}, api.ExitOK, "Klart: 3 ändringar"},
		{"again", []string{"import-meetings", calendar, registrar}, api.ExitOK, "Klart: 0 ändringar"},
		{"now confirmed", []string{"import-meetings", calendar, registrar, "--confirm"}, api.ExitOK, "Klart: 2 ändringar"},
		{"icalendar", []string{"import-meetings", ics, registrar, "--confirm"}, api.ExitOK, "lägger in     2028-02-22  KF (fastställt)"},
		{"proposals without a year", []string{"propose-meetings", registrar}, api.ExitUsage, "--year"},
		{"proposals", []string{"propose-meetings", registrar, "--year=2028", "--preview"}, api.ExitOK, "SN (föreslaget)"},
		{"proposed", []string{"propose-meetings", registrar, "--year=2028"}, api.ExitOK, "Klart: "},
		{"proposed once", []string{"propose-meetings", registrar, "--year=2028"}, api.ExitOK, "Klart: 0 ändringar"},
	} {
		r := arshjul(append([]string{"registry", row.args[0], server, cycle}, row.args[1:]...)...)
		if r.code != row.code || !strings.Contains(r.out+r.err, row.says) {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", row.name, r.code, row.code, row.says, r.out, r.err)
		}
	}
	var registry api.Registry
	if r := arshjul("registry", "show", server, cycle, registrar, "--json"); json.Unmarshal([]byte(r.out), &registry) != nil {
		t.Fatalf("exit %d\n%s", r.code, r.err)
	}
	seen := map[domain.Meeting]bool{}
	months := map[string]int{}
	for _, m := range registry.Meetings {
		seen[m] = true
		if m.Unit == "KF" {
			months[string(m.Date)[:7]]++
		}
	}
	for _, want := range []domain.Meeting{
		{ID: "KS-2027-02-10", Unit: "KS", Date: "2027-02-17", Status: domain.MeetingConfirmed},
		{ID: "KF-2027-06-15", Unit: "KF", Date: "2027-06-15", Status: domain.MeetingConfirmed},
		{ID: "KF-2028-01-25", Unit: "KF", Date: "2028-01-25", Status: domain.MeetingConfirmed},
		{ID: "KF-2028-02-22", Unit: "KF", Date: "2028-02-22", Status: domain.MeetingConfirmed},
	} {
		if !seen[want] {
			t.Errorf("the registry does not have %+v", want)
		}
	}
	if months["2028-01"] != 1 || months["2028-02"] != 1 || months["2028-06"] != 1 {
		t.Errorf("KF's meetings by month: %v", months)
	}
}

func TestCalendarYear(t *testing.T) {
	d := servertest.New(t)
	d.Launch(t, 2028)
	server := "--server=" + d.URL
	const writer = "--as=p-slf-stadens-processledare"
	for _, row := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"--calendar-year=2027"}, api.ExitOK, []string{"Mål och ekonomi 2028: 0 av 51 steg klara", "mars 2027", "  15  2028  Nämndens förslag: KN MN väntar"}},
		{[]string{"--calendar-year=2027", "--json"}, api.ExitOK, []string{`"months"`}},
		{[]string{"--calendar-year=2040"}, api.ExitOK, []string{"Inget steg"}},
		{[]string{"--calendar-year=27"}, api.ExitUsage, []string{"kalenderår"}},
		{[]string{"--calendar-year=2027", "cycle/1283/2028"}, api.ExitUsage, []string{"inte båda"}},
	} {
		r := arshjul(append([]string{"status", server, writer}, row.args...)...)
		for _, says := range row.says {
			if r.code != row.code || !strings.Contains(r.out+r.err, says) {
				t.Errorf("%v: exit %d, want %d and %q\n%s%s", row.args, r.code, row.code, says, r.out, r.err)
			}
		}
	}
}
