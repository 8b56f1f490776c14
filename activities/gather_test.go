package activities

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/store"
)

// clock reads "2027-03-29 07:30" as a Swedish wall clock shows it.
func clock(t *testing.T, text string) domain.Instant {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, domain.Stockholm)
	if err != nil {
		t.Fatal(err)
	}
	return domain.InstantOf(at)
}

func shown(at domain.Instant) string {
	if at == 0 {
		return "aldrig"
	}
	return at.Time().In(domain.Stockholm).Format("2006-01-02 15:04")
}

func TestWhenANoticeIsDue(t *testing.T) {
	t.Parallel()
	const now = "nu"
	for _, tt := range []struct {
		name, at, asked, want string
		choice                store.Choice
		rung                  string
		mailed, urgent        bool
		named, chosen         bool
		escalate, bridges     bool
	}{
		{name: "new on a Tuesday goes on Wednesday morning", at: "2027-03-02 10:00", asked: "2027-03-02 10:00", want: "2027-03-03 07:30"},
		{name: "and then", at: "2027-03-02 10:00", asked: "2027-03-03 07:30", want: now},
		{name: "not a minute before", at: "2027-03-02 10:00", asked: "2027-03-03 07:29", want: "2027-03-03 07:30"},
		{name: "new before the morning goes that morning", at: "2027-03-02 00:00", asked: "2027-03-02 00:00", want: "2027-03-02 07:30"},
		{name: "new on a Friday goes on Monday", at: "2027-03-05 10:00", asked: "2027-03-05 10:01", want: "2027-03-08 07:30"},
		{name: "new on Maundy Thursday goes after Easter", at: "2027-03-25 10:00", asked: "2027-03-25 12:00", want: "2027-03-30 07:30"},
		{name: "what was due on Friday is not sent on Saturday", at: "2027-03-04 10:00", asked: "2027-03-06 12:00", want: "2027-03-08 07:30"},
		{name: "and goes on Monday, but not in the night", at: "2027-03-04 10:00", asked: "2027-03-08 00:30", want: "2027-03-08 07:30"},
		{name: "a klämdag is a day like others", at: "2027-05-06 00:00", asked: "2027-05-07 07:30", want: now},
		{name: "unless the wheel says otherwise", at: "2027-05-06 00:00", asked: "2027-05-07 07:30", want: "2027-05-10 07:30", bridges: true},
		{name: "nobody gets two in a day", at: "2027-03-02 06:00", asked: "2027-03-02 08:00", mailed: true, want: "2027-03-03 07:30"},
		{name: "nor on Friday and Saturday", at: "2027-03-05 06:00", asked: "2027-03-05 08:00", mailed: true, want: "2027-03-08 07:30"},
		{name: "summer time begins on a Sunday in the night", at: "2027-03-26 10:00", asked: "2027-03-28 03:30", want: "2027-03-30 07:30"},
		{name: "summer time ends", at: "2027-10-29 10:00", asked: "2027-10-31 02:30", want: "2027-11-01 07:30"},

		{name: "a reminder goes on its day", at: "2027-03-02 00:00", asked: "2027-03-02 00:00", rung: "samma dag", want: "2027-03-02 07:30"},
		{name: "also when it is noticed late", at: "2027-03-02 09:00", asked: "2027-03-02 09:00", rung: "samma dag", want: now},
		{name: "and then once a day", at: "2027-03-02 09:00", asked: "2027-03-02 09:00", rung: "samma dag", mailed: true, want: "2027-03-03 07:30"},

		{name: "at once", at: "2027-03-02 10:00", asked: "2027-03-02 10:00", choice: store.ChoiceAtOnce, mailed: true, want: now},
		{name: "at once is not in the night", at: "2027-03-02 00:00", asked: "2027-03-02 00:00", choice: store.ChoiceAtOnce, want: "2027-03-02 07:30"},
		{name: "nor on a Saturday", at: "2027-03-06 10:00", asked: "2027-03-06 10:00", choice: store.ChoiceAtOnce, want: "2027-03-08 07:30"},

		{name: "weekly goes on Monday", at: "2027-03-02 10:00", asked: "2027-03-03 10:00", choice: store.ChoiceWeekly, want: "2027-03-08 07:30"},
		{name: "new before Monday's goes with it", at: "2027-03-08 06:00", asked: "2027-03-08 07:30", choice: store.ChoiceWeekly, want: now},
		{name: "weekly on Tuesday when Monday is closed", at: "2027-03-23 10:00", asked: "2027-03-24 10:00", choice: store.ChoiceWeekly, want: "2027-03-30 07:30"},
		{name: "a late week", at: "2027-03-02 10:00", asked: "2027-03-10 10:00", choice: store.ChoiceWeekly, want: now},

		{name: "none", at: "2027-03-02 10:00", asked: "2027-03-10 10:00", choice: store.ChoiceNone, want: "aldrig"},
		{name: "none, urgent", at: "2027-03-02 00:00", asked: "2027-03-02 00:00", rung: "3 dagar efter", urgent: true, choice: store.ChoiceNone, want: "aldrig"},
		{name: "none, but escalations", at: "2027-03-02 00:00", asked: "2027-03-02 07:30", rung: "eskalera", escalate: true, choice: store.ChoiceNone, want: now},
		{name: "weekly, but escalations", at: "2027-03-02 00:00", asked: "2027-03-02 07:30", rung: "eskalera", escalate: true, choice: store.ChoiceWeekly, want: now},

		{name: "urgent at once, whatever the hour", at: "2027-03-02 00:00", asked: "2027-03-02 00:00", rung: "3 dagar efter", urgent: true, mailed: true, want: now},
		{name: "urgent, weekly", at: "2027-03-02 00:00", asked: "2027-03-02 00:00", rung: "3 dagar efter", urgent: true, choice: store.ChoiceWeekly, want: now},
		{name: "urgent, but late: not on a Saturday", at: "2027-03-05 00:00", asked: "2027-03-06 10:00", rung: "3 dagar efter", urgent: true, want: "2027-03-08 07:30"},
		{name: "urgent, but late: not in the night after", at: "2027-03-02 00:00", asked: "2027-03-03 01:00", rung: "3 dagar efter", urgent: true, want: "2027-03-03 07:30"},
		{name: "urgent, but late: in the day, although mailed", at: "2027-03-02 00:00", asked: "2027-03-03 09:00", rung: "3 dagar efter", urgent: true, mailed: true, want: now},

		{name: "named, and nothing chosen", at: "2027-03-02 15:00", asked: "2027-03-02 15:00", named: true, mailed: true, want: now},
		{name: "named on a Saturday", at: "2027-03-06 10:00", asked: "2027-03-06 10:00", named: true, want: "2027-03-08 07:30"},
		{name: "named, daily chosen", at: "2027-03-02 15:00", asked: "2027-03-02 15:00", named: true, chosen: true, want: "2027-03-03 07:30"},
		{name: "named, weekly chosen", at: "2027-03-02 15:00", asked: "2027-03-02 15:00", named: true, chosen: true, choice: store.ChoiceWeekly, want: "2027-03-08 07:30"},
		{name: "named, none chosen", at: "2027-03-02 15:00", asked: "2027-03-02 15:00", named: true, chosen: true, choice: store.ChoiceNone, want: "aldrig"},
	} {
		if tt.choice == "" {
			tt.choice = store.ChoiceDaily
		}
		at, asked := clock(t, tt.at), clock(t, tt.asked)
		w := store.Wish{Choice: tt.choice, Mailed: tt.mailed, Notice: store.Notice{At: at, Day: at.Date(), Rung: tt.rung, Urgent: tt.urgent,
			Escalate: tt.escalate, Bridges: tt.bridges}}
		if w.Chosen = tt.chosen; tt.named {
			w.Command = domain.CmdComment
		}
		got := shown(due(&w, asked))
		if got == tt.asked {
			got = now
		}
		if got != tt.want {
			t.Errorf("%s: asked %s, due %s, want %s", tt.name, tt.asked, got, tt.want)
		}
	}
}

// The morning is at half past seven by the clock on the wall, whatever that is in UTC.
func TestTheMorningFollowsTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	for day, want := range map[domain.Date]string{"2027-03-26": "2027-03-26T06:30:00.000Z", "2027-03-29": "2027-03-29T05:30:00.000Z",
		"2027-03-28": "2027-03-28T05:30:00.000Z", "2027-10-29": "2027-10-29T05:30:00.000Z", "2027-10-31": "2027-10-31T06:30:00.000Z"} {
		if got := morningOf(day).String(); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
}

func TestOnePersonsNoticesAreOneMail(t *testing.T) {
	t.Parallel()
	at := clock(t, "2027-03-02 10:00")
	wish := func(id int64, person, stream string, cause uint64, choice store.Choice) store.Wish {
		return store.Wish{Choice: choice, Notice: store.Notice{ID: id, Person: domain.PersonID(person), Stream: stream, Cause: cause, At: at, Day: at.Date(),
			Key: fmt.Sprint(stream, id)}}
	}
	urgent := func(w store.Wish, day domain.Date) store.Wish {
		w.Urgent, w.Rung, w.Day, w.At = true, "3 dagar efter", day, day.Start()
		return w
	}
	wishes := []store.Wish{
		wish(1, "a", "cycle/9999/2028", 5, store.ChoiceDaily), wish(2, "a", "cycle/9999/2029", 7, store.ChoiceDaily), wish(3, "b", "cycle/9999/2028", 5, store.ChoiceDaily),
		urgent(wish(4, "a", "cycle/9999/2028", 9, store.ChoiceDaily), "2027-03-03"), urgent(wish(5, "a", "cycle/9999/2028", 9, store.ChoiceDaily), "2027-03-03"),
		urgent(wish(6, "a", "cycle/9999/2029", 9, store.ChoiceDaily), "2027-03-03"), urgent(wish(7, "b", "cycle/9999/2028", 8, store.ChoiceDaily), "2027-03-02"),
		wish(8, "c", "cycle/9999/2028", 5, store.ChoiceNone), wish(9, "d", "cycle/9999/2028", 5, store.ChoiceWeekly),
	}
	now := clock(t, "2027-03-03 07:30")
	g := gather(wishes, now)
	var got []string
	for _, m := range g.mails {
		got = append(got, fmt.Sprintf("%s %v %t %s", m.Person, m.Notices, m.Urgent, m.Day))
	}
	want := []string{"a [1 2] false 2027-03-03", "b [3 7] false 2027-03-03", "a [4 5] true 2027-03-03", "a [6] true 2027-03-03"}
	if !slices.Equal(got, want) {
		t.Errorf("mails\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !slices.Equal(g.unwanted, []int64{8}) || shown(g.next) != "2027-03-08 07:30" {
		t.Errorf("unwanted %v, next %s", g.unwanted, shown(g.next))
	}

	ids := map[string]bool{}
	for _, m := range g.mails {
		ids[m.ID] = true
	}
	slices.Reverse(wishes)
	for _, m := range gather(wishes, now+1).mails {
		if !ids[m.ID] {
			t.Errorf("gathered in another order the mail of %s has another Message-ID", m.Person)
		}
	}
	wishes[8].Key += "after a restore"
	for _, m := range gather(wishes, now).mails {
		if ids[m.ID] == slices.Contains(m.Notices, 1) {
			t.Errorf("%v: the Message-ID follows from the notices' keys", m)
		}
	}
}

func TestAnExercisesMailsFollowItsClock(t *testing.T) {
	t.Parallel()
	notice := func(id int64, person string, n int, day domain.Date, cause uint64, urgent bool) store.Notice {
		return store.Notice{ID: id, Person: domain.PersonID(person), Stream: domain.ExerciseStream("9999", 2028, n), Day: day, Cause: cause, Urgent: urgent, Key: fmt.Sprint(id)}
	}
	var got []string
	for _, m := range gatherExercises([]store.Notice{
		notice(1, "a", 1, "2027-01-01", 1, false), notice(2, "a", 1, "2027-01-01", 2, false), notice(3, "a", 1, "2027-01-02", 3, false),
		notice(4, "a", 2, "2027-01-01", 1, false), notice(5, "a", 1, "2027-01-02", 3, true), notice(6, "b", 1, "2027-01-02", 3, true), notice(7, "a", 1, "2027-01-02", 4, true),
	}) {
		got = append(got, fmt.Sprintf("%s %s %v %t %s", m.Exercise, m.Person, m.Notices, m.Urgent, m.Day))
	}
	want := []string{"exercise/9999/2028/1 a [1 2] false 2027-01-01", "exercise/9999/2028/1 a [3] false 2027-01-02", "exercise/9999/2028/2 a [4] false 2027-01-01",
		"exercise/9999/2028/1 a [5] true 2027-01-02", "exercise/9999/2028/1 b [6] true 2027-01-02", "exercise/9999/2028/1 a [7] true 2027-01-02"}
	if !slices.Equal(got, want) {
		t.Errorf("mails\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
