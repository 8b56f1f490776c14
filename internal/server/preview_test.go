package server_test

import (
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

// told lists what real notices of a change wait to be told: "person thing".
func told(t *testing.T, d *servertest.Door, seen map[int64]bool) (lines []string) {
	t.Helper()
	waiting, err := d.Store.Waiting(t.Context(), servertest.Kommun, domain.InstantOf(time.Now()).Date())
	ok(t, err)
	for _, w := range waiting {
		if !seen[w.ID] {
			lines = append(lines, fmt.Sprintf("%s %s %s", w.Person, w.Step, w.Change))
		}
		seen[w.ID] = true
	}
	slices.Sort(lines)
	return lines
}

// A preview says which mails would go, to whom and of what; and these are the ones that are then written.
func TestAPreviewSaysWhichMailsWouldGo(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	cycle := d.Launch(t, time.Now().Year()+2)
	seen := map[int64]bool{}
	told(t, d, seen)
	step := read(t, d.As(writer), cycle, directives)
	extend := api.Command{ID: "x", Kind: domain.CmdExtend, Step: directives, Date: step.Plan.Add(2), Text: "Kommunstyrelsen sammanträder senare (påhittat)"}
	var p api.Preview
	ok(t, d.As(director).Post(t.Context(), "/"+cycle+"/preview", extend, &p))
	if len(p.Entries) == 0 || p.MailCount == 0 || len(p.Mails) < p.MailCount {
		t.Fatalf("%+v", p)
	}
	var want []string
	for _, m := range p.Mails {
		if m.Name == "" || m.Choice != string(store.ChoiceDaily) || m.Day == "" || m.At == 0 || len(m.Things) == 0 {
			t.Errorf("%+v", m)
		}
		for _, thing := range m.Things {
			if !strings.Contains(thing, extend.Date.Swedish()+" i stället för den "+step.Plan.Swedish()) {
				t.Errorf("%s would be told %q", m.Person, thing)
			}
			want = append(want, fmt.Sprintf("%s %s %s", m.Person, directives, domain.ChangeMoved))
		}
	}
	if more := told(t, d, seen); len(more) != 0 {
		t.Errorf("a preview told %q", more)
	}
	give(t, d.As(director), cycle, extend)
	slices.Sort(want)
	var got []string
	untilIt(t, "the change is in the journal", func() bool {
		got = append(got, told(t, d, seen)...)
		return len(got) >= len(want)
	})
	if !slices.Equal(got, want) {
		t.Errorf("told %q, and the preview said %q", got, want)
	}

	// A meeting is moved in the registry, and felt in every real cycle.
	var r api.Registry
	ok(t, d.As(writer).Get(t.Context(), "/"+cycle+"/registry", &r))
	i := slices.IndexFunc(r.Meetings, func(m domain.Meeting) bool { return m.ID == step.Meeting })
	if i < 0 {
		t.Fatalf("%s hangs on %q, which is not in the registry", directives, step.Meeting)
	}
	move := api.Command{ID: "m", Kind: domain.CmdMoveMeeting, NewMeeting: &domain.Meeting{ID: step.Meeting, Date: r.Meetings[i].Date.Add(1)}, Text: "Lokalen är upptagen (påhittat)"}
	registry := domain.RegistryStream(servertest.Kommun)
	var q api.Preview
	ok(t, d.As(servertest.Registrar).Post(t.Context(), "/"+registry+"/preview", move, &q))
	want = nil
	for _, m := range q.Mails {
		for range m.Things {
			want = append(want, fmt.Sprintf("%s %s %s", m.Person, directives, domain.ChangeMoved))
		}
		if !m.Anyway {
			t.Errorf("%s has the mail of the day to come: %+v", m.Person, m)
		}
	}
	if len(want) == 0 || q.MailCount == 0 {
		t.Fatalf("nobody would be told: %+v", q)
	}
	no(t, d.As(writer).Post(t.Context(), "/"+registry+"/preview", move, &q), domain.CodeRoleNotHeld)
	give(t, d.As(servertest.Registrar), registry, move)
	got = nil
	untilIt(t, "the cycle has heard of it", func() bool {
		got = append(got, told(t, d, seen)...)
		return len(got) >= len(want)
	})
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("told\n%q\nthe preview said\n%q", got, want)
	}

	// Who wants none gets none, and that is said.
	ok(t, d.Store.SetChoice(t.Context(), servertest.Kommun, p.Mails[0].Person, store.ChoiceNone, domain.InstantOf(time.Now())))
	extend.Date, extend.ID = extend.Date.Add(1), "y"
	var none api.Preview
	ok(t, d.As(director).Post(t.Context(), "/"+cycle+"/preview", extend, &none))
	if i := slices.IndexFunc(none.Mails, func(m api.PreviewMail) bool { return m.Person == p.Mails[0].Person }); none.MailCount != p.MailCount-1 ||
		i < 0 || none.Mails[i].Day != "" || none.Mails[i].Choice != "inga" {
		t.Errorf("%+v", none)
	}
}

// An exercise's mails are as many as its clock makes them, and say so.
func TestAPreviewInAnExercise(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	step := read(t, d.As(writer), stream, directives)
	var p api.Preview
	ok(t, d.As(servertest.Registrar).Post(t.Context(), "/"+stream+"/preview", api.Command{ID: "m", Kind: domain.CmdMoveMeeting,
		NewMeeting: &domain.Meeting{ID: step.Meeting, Date: step.Plan.Add(1)}, Text: "Lokalen är upptagen (påhittat)"}, &p))
	if p.MailCount == 0 || p.MailCount != len(p.Mails) || p.Mails[0].At != 0 || p.Mails[0].Choice != "" || p.Mails[0].Day == "" {
		t.Errorf("%+v", p)
	}
}
