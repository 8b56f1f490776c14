package calendarfile_test

import (
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/calendarfile"
)

func calendar(events ...string) string {
	text := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//prov//påhittat//SV\n"
	for _, e := range events {
		text += "BEGIN:VEVENT\nUID:1@example.invalid\nDTSTAMP:20260101T000000Z\n" + e + "\nEND:VEVENT\n"
	}
	return strings.ReplaceAll(text+"END:VCALENDAR\n", "\n", "\r\n")
}

const (
	onDay   = "DTSTART;VALUE=DATE:20270210"
	summary = "SUMMARY:Kommunstyrelsen, sammanträde"
)

func TestICalendar(t *testing.T) {
	for _, c := range []struct {
		name, event string
		want        domain.Meeting
	}{
		{"a day", onDay + "\n" + summary, meeting("KS-2027-02-10", "KS", "2027-02-10", domain.MeetingProposed)},
		{"a time in Stockholm", "DTSTART;TZID=Europe/Stockholm:20270210T090000\n" + summary, meeting("KS-2027-02-10", "KS", "2027-02-10", domain.MeetingProposed)},
		{"a time by Outlook", "DTSTART;TZID=W. Europe Standard Time:20270210T090000\n" + summary, meeting("KS-2027-02-10", "KS", "2027-02-10", domain.MeetingProposed)},
		{"a time without zone", "DTSTART:20270210T090000\n" + summary, meeting("KS-2027-02-10", "KS", "2027-02-10", domain.MeetingProposed)},
		{"late in UTC, next day in Stockholm", "DTSTART:20270210T233000Z\n" + summary, meeting("KS-2027-02-11", "KS", "2027-02-11", domain.MeetingProposed)},
		{"summer time", "DTSTART:20270615T223000Z\nSUMMARY:KF", meeting("KF-2027-06-16", "KF", "2027-06-16", domain.MeetingProposed)},
		{"the clock goes forward", "DTSTART;TZID=Europe/Stockholm:20270328T023000\nSUMMARY:KF", meeting("KF-2027-03-28", "KF", "2027-03-28", domain.MeetingProposed)},
		{"leap day", "DTSTART;VALUE=DATE:20280229\nSUMMARY:KF 29 februari", meeting("KF-2028-02-29", "KF", "2028-02-29", domain.MeetingProposed)},
		{"confirmed", onDay + "\nSTATUS:CONFIRMED\n" + summary, meeting("KS-2027-02-10", "KS", "2027-02-10", domain.MeetingConfirmed)},
		{"cancelled", onDay + "\nSTATUS:CANCELLED\n" + summary, meeting("KS-2027-02-10", "KS", "2027-02-10", domain.MeetingCancelled)},
		{"the longest name", onDay + "\nSUMMARY:Kommunstyrelsens arbetsutskott", meeting("KSAU-2027-02-10", "KSAU", "2027-02-10", domain.MeetingProposed)},
		{"a short name is a whole word", onDay + "\nSUMMARY:KSAU", meeting("KSAU-2027-02-10", "KSAU", "2027-02-10", domain.MeetingProposed)},
		{"a category before the summary", onDay + "\nCATEGORIES:Politik,Socialnämnden\nSUMMARY:KS", meeting("SN-2027-02-10", "SN", "2027-02-10", domain.MeetingProposed)},
		{"the place at last", onDay + "\nSUMMARY:Sammanträde\nLOCATION:Socialnämnden", meeting("SN-2027-02-10", "SN", "2027-02-10", domain.MeetingProposed)},
		{"a folded line", onDay + "\nSUMMARY:Kommunsty\n relsen\\, sammanträde", meeting("KS-2027-02-10", "KS", "2027-02-10", domain.MeetingProposed)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := calendarfile.Read("prov.ics", []byte(calendar(c.event)), town)
			if err != nil || !slices.Equal(got, []domain.Meeting{c.want}) {
				t.Errorf("got  %v %v\nwant %v", got, err, c.want)
			}
		})
	}
	// Zones and alarms beside the events are passed over.
	text := strings.Replace(calendar(onDay+"\n"+summary+"\nBEGIN:VALARM\nACTION:DISPLAY\nEND:VALARM", "DTSTART:20270615T130000Z\nSUMMARY:KF"), "BEGIN:VEVENT",
		"BEGIN:VTIMEZONE\r\nTZID:Europe/Stockholm\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT", 1)
	if got, err := calendarfile.Read("prov.ics", []byte("\ufeff"+text), town); err != nil || len(got) != 2 {
		t.Errorf("got %v %v", got, err)
	}
}

func TestFaultsInICalendar(t *testing.T) {
	for _, f := range []fault{
		{"no events", calendar(), 1, 1, "filen har inga sammanträden. Kontrollera att det är rätt fil."},
		{"an unknown unit", calendar(onDay+"\n"+summary, onDay+"\nSUMMARY:Budgetdag"), 10, 1,
			`det går inte att se vems sammanträde "Budgetdag" är. Låt rubriken börja med enhetens namn, eller ge händelsen enheten som kategori. De som finns är: ` + ids + "."},
		{"a förvaltning", calendar(onDay + "\nSUMMARY:Socialförvaltningen"), 4, 1,
			`det går inte att se vems sammanträde "Socialförvaltningen" är. Låt rubriken börja med enhetens namn, eller ge händelsen enheten som kategori. De som finns är: ` + ids + "."},
		{"two units", calendar(onDay + "\nCATEGORIES:KS,SN\nSUMMARY:möte"), 4, 1, `händelsen "möte" har kategorierna för flera enheter: KS och SN. Låt den ha en.`},
		{"no day", calendar(summary), 4, 1, `händelsen "Kommunstyrelsen, sammanträde" har ingen dag (DTSTART). Exportera kalendern på nytt.`},
		{"no such day", calendar("DTSTART;VALUE=DATE:20270229\n" + summary), 4, 1, `"20270229" är ingen dag. En händelse börjar en dag (20270210) eller ett klockslag (20270210T090000).`},
		{"another zone", calendar("DTSTART;TZID=America/New_York:20270210T090000\n" + summary), 4, 1,
			`händelsen är i tidszonen "America/New_York". Exportera kalendern i Stockholms tid (Europe/Stockholm) eller UTC.`},
		{"repeats", calendar(onDay + "\nRRULE:FREQ=MONTHLY\n" + summary), 4, 1, "händelsen upprepas. Exportera varje sammanträde för sig."},
		{"twice", calendar(onDay+"\n"+summary, onDay+"\nSUMMARY:KS"), 10, 1, "KS har redan ett sammanträde den 2027-02-10, på rad 4. Ta bort det ena."},
		{"cut off", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:KS\r\n", 4, 1, `filen är avhuggen: "VEVENT" slutar aldrig. Hämta den på nytt.`},
		{"an end too many", "BEGIN:VCALENDAR\nEND:VEVENT\n", 2, 1, `"VEVENT" slutar här men har inte börjat. Exportera kalendern på nytt.`},
		{"not a line of a calendar", calendar(onDay + "\nhej på dig\n" + summary), 8, 1, "raden är ingen rad i en kalender: namn, kolon och värde. Exportera kalendern på nytt."},
		{"two calendars", "BEGIN:VCALENDAR\nBEGIN:VCALENDAR\n", 2, 1, `"VCALENDAR" kan inte börja här. Filen ska vara en enda kalender (VCALENDAR) med händelser i. Exportera den på nytt.`},
		{"after the end", "BEGIN:VCALENDAR\nEND:VCALENDAR\nX:1\n", 3, 1, "raden står utanför kalendern. Filen ska börja med BEGIN:VCALENDAR. Exportera den på nytt."},
		{"nested without end", "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:VEVENT\n", 1000), 9, 1, `"VEVENT" kan inte börja här. Filen ska vara en enda kalender (VCALENDAR) med händelser i. Exportera den på nytt.`},
		{"not UTF-8", calendar(onDay + "\nSUMMARY:Socialn\xe4mnden"), 8, 16, "filen är inte sparad som UTF-8. Spara om den med teckenkodningen UTF-8."},
	} {
		t.Run(f.name, func(t *testing.T) { f.check(t) })
	}
}

// Whatever bytes come in, the readers answer: with meetings that are sound, or with faults that have a place.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("enhet;datum;status;id\nKS;2027-02-10;fastställt;a\nKF;2027-06-15;föreslaget;\n"))
	f.Add([]byte("\ufeffdatum,enhet,status\n\"2028-02-29\",Socialnämnden,inställt\n"))
	f.Add([]byte("enhet;datum;status\nKS;\"2027\n-02-10;x\n"))
	f.Fuzz(func(t *testing.T, data []byte) { checkAnswer(t, data) })
}

func FuzzReadICalendar(f *testing.F) {
	f.Add([]byte(calendar(onDay + "\n" + summary)))
	f.Add([]byte(calendar("DTSTART;TZID=Europe/Stockholm:20270328T023000\nCATEGORIES:KS\nSTATUS:CANCELLED", "RRULE:X\nSUMMARY:KF")))
	f.Add([]byte(calendar("SUMMARY:Kommun\n styrelsen\\,\nDTSTART;A=\"b\";C=d:20270210T000000Z")))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkAnswer(t, append([]byte("BEGIN:VCALENDAR\n"), data...))
		checkAnswer(t, data)
	})
}
