package main

import (
	"strings"
	"testing"

	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// Before a day or a meeting is moved one can see what that leads to, and how many mails to whom; nothing is done.
func TestPreviewTellsOfMails(t *testing.T) {
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	server, cycle := "--server="+d.URL, "--cycle="+stream
	calendar := file(t, "kalender.csv", "enhet;datum;status\nKS;2027-02-17;fastställt\n")
	for _, row := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"a deadline", []string{"step", "extend", "planeringsanvisningar/KS", "--date=2027-02-12", "--text=Påhittat skäl", "--as=p-slf-ekonomidirektor", "--preview"}, api.ExitOK,
			[]string{"senast-dagen flyttades till den 12 februari 2027", "Det skulle ge 1 mejl.", "(p-slf-stadens-processledare)", "senast den 12 februari 2027 i stället för den 10 februari 2027"}},
		{"a meeting", []string{"registry", "move-meeting", "--meeting=KS-2027-02-10", "--date=2027-02-17", "--text=Påhittat skäl", "--as=p-slf-registeransvarig", "--preview"}, api.ExitOK,
			[]string{"Det skulle ge 1 mejl.", "senast den 17 februari 2027 i stället för den 10 februari 2027"}},
		{"a calendar", []string{"registry", "import-meetings", calendar, "--as=p-slf-registeransvarig", "--preview"}, api.ExitOK,
			[]string{"flyttar       2027-02-17  KS", "Det skulle ge 1 mejl."}},
		{"as json", []string{"step", "extend", "planeringsanvisningar/KS", "--date=2027-02-12", "--text=Påhittat skäl", "--as=p-slf-ekonomidirektor", "--preview", "--json"}, api.ExitOK,
			[]string{`"mail_count": 1`, `"person": "p-slf-stadens-processledare"`}},
		{"not by anybody", []string{"step", "extend", "planeringsanvisningar/KS", "--date=2027-02-12", "--text=Påhittat skäl", "--as=p-slf-stadens-processledare", "--preview"}, api.ExitRefused,
			[]string{"rollen"}},
		{"nothing was done", []string{"step", "show", "planeringsanvisningar/KS", "--as=p-slf-ekonomidirektor"}, api.ExitOK, []string{"Senast 10 februari 2027"}},
	} {
		r := arshjul(append(row.args, server, cycle)...)
		for _, says := range row.says {
			if r.code != row.code || !strings.Contains(strings.Join(strings.Fields(r.out+r.err), " "), strings.Join(strings.Fields(says), " ")) {
				t.Errorf("%s: exit %d, want %d and %q\n%s%s", row.name, r.code, row.code, says, r.out, r.err)
			}
		}
	}
}
