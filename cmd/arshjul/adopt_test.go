package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/store"
)

// boards are the nämnder of Helsingborg, KS as one of them.
var boards = []string{"KS", "BUN", "IFN", "VON", "SN", "AMN", "SBN", "FN", "KN", "MN", "OFN", "VN"}

// A cycle is taken over in the middle, first for practice and then really: what is behind is klart före start, what is late
// opens as late, and nobody is told of the past.
func TestACycleIsTakenOverInTheMiddle(t *testing.T) {
	t.Parallel()
	d := servertest.Whole(t)
	t.Run("exercise", func(t *testing.T) { takenOverForPractice(t, d) })
	t.Run("real", func(t *testing.T) { takenOver(t, d) })
}

// verb runs a command line that must succeed, and gives what it said. While the answer is that it is too early or unknown
// it asks again, as the program says that a person should.
func verb(t *testing.T, args ...string) string {
	t.Helper()
	r := arshjul(args...)
	for deadline := time.Now().Add(2 * time.Minute); r.code == api.ExitUnknown && time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if _, id, found := strings.Cut(r.err, "Fråga igen med --id "); found {
			args = append(slices.Clone(args), "--id="+strings.TrimSpace(id))
		}
		r = arshjul(args...)
	}
	if r.code != api.ExitOK {
		t.Fatalf("%q: exit %d\n%s%s", args, r.code, r.out, r.err)
	}
	return r.out
}

func takenOverForPractice(t *testing.T, d *servertest.Door) {
	server, as := "--server="+d.URL, "--as="+string(servertest.Launcher)
	before := file(t, "fore.csv", "steg;skäl;referens\nbokslut-namnd/SN;Beslutades i februari (påhittat);SN § 7\n")
	// On 22 February nämnden's books were due two days ago: the reminder of the day after was, the escalation is to come.
	var r api.Receipt
	out := verb(t, "exercise", "start", "--year=2028", "--from=bokslut", "--start=2029-02-22", "--before-file="+before, server, as, "--json")
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	const began = domain.Date("2029-02-22")
	cycle := read[api.Cycle](t, d, "/"+r.Stream)
	passed, plan := map[domain.StepID]bool{}, map[domain.StepID]domain.Date{}
	for _, row := range cycle.Rows {
		plan[row.Step] = row.Plan
		if passed[row.Step] = row.Status == domain.StatusBefore; !passed[row.Step] && row.Late != (row.Plan < began) {
			t.Errorf("%s, due %s: late %v", row.Step, row.Plan, row.Late)
		}
	}
	if passed["agardirektiv-uppfoljning/HHEM#3"] || !passed["agardirektiv-uppfoljning/HHEM#2"] {
		t.Error("what lies in the bokslut's time is not behind, and what lay before it is")
	}
	if !passed["bokslut-namnd/SN"] || passed["bokslut-namnd/KS"] || !passed["kf-mal-och-ekonomi/KF"] || !passed["delar-aug-kf/KF"] || cycle.Late == 0 {
		t.Fatalf("%d are late and %d done: %v", cycle.Late, cycle.Done, passed)
	}
	for day := cycle.Today; day < "2029-03-02"; day = read[api.Cycle](t, d, "/"+r.Stream).Today {
		verb(t, "exercise", "advance", r.Stream, server, as)
	}
	if out := verb(t, "exercise", "play", r.Stream, server, as); !strings.Contains(out, "421 av 421 steg klara") {
		t.Fatalf("not played to the end:\n%s", out)
	}
	if out := verb(t, "status", r.Stream, server, as); !strings.Contains(out, "klart före start") || !strings.Contains(out, "avslutad") {
		t.Errorf("status:\n%s", out)
	}
	if out := verb(t, "step", "show", "agardirektiv-uppfoljning/HHEM#3", "--cycle="+r.Stream, server, as); !strings.Contains(out, "(sista arbetsdagen i februari N+1)") {
		t.Errorf("the rule beside the date of the third time:\n%s", out)
	}
	reminders := 0
	for _, m := range delivered(t, d, r.Stream) {
		if m.Day < began {
			t.Errorf("a mail for %s", m.Day)
		}
		for _, n := range m.Things {
			if passed[n.Step] {
				t.Errorf("%s is told of %s, which is past", m.Person, n.Step)
			}
			if n.Rule == "" {
				continue
			}
			rung, err := domain.ParseRung(n.Rule)
			if err != nil {
				t.Fatal(err)
			}
			if due := plan[n.Step].AddWorkingDays(rung.Days, false); due < began {
				t.Errorf("%s is reminded of %s by %q, which was on %s", m.Person, n.Step, n.Rule, due)
			} else if plan[n.Step] < began {
				reminders++
			}
		}
	}
	if reminders == 0 {
		t.Error("nobody was reminded of what is late and goes on")
	}
}

func takenOver(t *testing.T, d *servertest.Door) {
	server, first, second := "--server="+d.URL, "--as="+string(servertest.Launcher), "--as="+string(servertest.Confirmer)
	year := domain.InstantOf(time.Now()).Date().Year() - 1
	rows := "steg;skäl;referens\n"
	for _, b := range boards {
		rows += fmt.Sprintf("bokslut-namnd/%s;Beslutades före start (påhittat);%s § 7\n", b, b)
	}
	plan := []string{fmt.Sprintf("--year=%d", year), "--from=bokslut", "--before-file=" + file(t, "fore.csv", rows), server, first}
	var check api.LaunchCheck
	if err := json.Unmarshal([]byte(verb(t, append([]string{"launch", "check", "--json"}, plan...)...)), &check); err != nil || check.Steps < 400 {
		t.Fatal(err, check.Steps)
	}
	out := verb(t, append([]string{"launch", "--dnr=KS 12/2026 (påhittat)", "--date=2026-11-01", "--despite=Sammanträdena läggs in senare (påhittat)", "--json"}, plan...)...)
	var ordered api.Ordered
	if err := json.Unmarshal([]byte(out), &ordered); err != nil {
		t.Fatal(err)
	}
	verb(t, "launch", "confirm", fmt.Sprint(ordered.Number), server, second)
	stream := domain.CycleStream(servertest.Kommun, year)
	cycle := await(t, d, "/"+stream, func(c api.Cycle) bool { return c.Done > 300 })
	status := map[domain.StepID]domain.Status{}
	for _, row := range cycle.Rows {
		status[row.Step] = row.Status
		late := slices.ContainsFunc(check.Passed, func(p api.PassedStep) bool { return p.Step == row.Step })
		if row.Late != late || late && row.Status == domain.StatusBefore {
			t.Errorf("%s, due %s, is %s: late %v", row.Step, row.Plan, row.Word, row.Late)
		}
	}
	for _, b := range boards {
		if id := domain.StepID("bokslut-namnd/" + b); status[id] != domain.StatusBefore {
			t.Errorf("%s is %s", id, status[id])
		}
	}
	if status["kf-mal-och-ekonomi/KF"] != domain.StatusBefore || status["delar-aug-kf/KF"] != domain.StatusBefore {
		t.Error("the stages before are not klara före start")
	}

	// The next sign-offs, by who has them in the inbox.
	const step = "resultatoverforing/SN"
	await(t, d, "/"+stream+"/tasks", func(l api.Tasks) bool {
		return slices.ContainsFunc(l.Tasks, func(task api.Task) bool {
			return task.Step == step && slices.Contains(task.People, "p-slf-stadens-processledare")
		})
	})
	if out := verb(t, "inbox", server, "--as=p-slf-stadens-processledare", "--cycle="+stream); !strings.Contains(out, step) {
		t.Fatalf("the inbox:\n%s", out)
	}
	submit := []string{"step", "submit", step, "--cycle=" + stream, server, "--as=p-slf-stadens-processledare"}
	shown := read[api.Step](t, d, api.StepPath(stream, step))
	for _, w := range shown.Wants {
		submit = append(submit, "--document="+w.ID+"="+file(t, w.ID+".txt", "Underlag (påhittat)"))
	}
	for _, w := range shown.WantsFields {
		submit = append(submit, "--field="+w.ID+"=1,0 (påhittat)")
	}
	verb(t, submit...)
	await(t, d, api.StepPath(stream, step), func(s api.Step) bool { return s.Status == domain.StatusSubmitted })
	verb(t, "step", "ready", step, "--cycle="+stream, server, "--as=p-slf-ekonomidirektor")
	await(t, d, api.StepPath(stream, step), func(s api.Step) bool { return s.Status == domain.StatusReady })

	// Whom the outbox has something for: nobody about what is past, nobody by a reminder that would have gone before.
	var waiting []store.Wish
	waiting, err := d.Store.Waiting(t.Context(), servertest.Kommun, domain.InstantOf(time.Now()).Date())
	if err != nil || len(waiting) == 0 {
		t.Fatal(waiting, err)
	}
	for _, w := range waiting {
		if w.Stream == stream && (status[w.Step] == domain.StatusBefore || w.Rung != "") {
			t.Errorf("%s is told of %s %q", w.Person, w.Step, w.Rung)
		}
	}
}

// read asks the server as the launcher.
func read[T any](t *testing.T, d *servertest.Door, path string) (v T) {
	t.Helper()
	return await(t, d, path, func(T) bool { return true })
}

// await asks the server as the launcher until the answer is as it will be: what was done may not stand in the journal yet.
func await[T any](t *testing.T, d *servertest.Door, path string, done func(T) bool) (v T) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var answer T
		err := d.As(servertest.Launcher).Get(t.Context(), path, &answer)
		if err == nil && done(answer) {
			return answer
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %+v, %v", path, answer, err)
		}
	}
}

// delivered waits until all of an exercise's mails have reached the sink, and gives them with what they told of.
func delivered(t *testing.T, d *servertest.Door, stream string) (mails []api.Mail) {
	t.Helper()
	h := house{kommun: servertest.Kommun, out: t.Output()}
	n, err := h.mails(t.Context(), d.Store, stream)
	if err != nil {
		t.Fatal(err)
	}
	list := read[api.MailLog](t, d, "/mail?limit=1000&exercise="+stream)
	for _, m := range list.Mails {
		mails = append(mails, read[api.Mail](t, d, "/mail/log/"+m.ID))
	}
	if len(mails) != n || n == 0 {
		t.Fatalf("%d mails are listed, and %d were sent", len(mails), n)
	}
	return mails
}
