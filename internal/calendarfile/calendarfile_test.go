package calendarfile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/calendarfile"
	"arshjul/internal/wheelfile"
)

// town is a made-up municipality.
var town = []domain.Unit{
	{ID: "KF", Kind: domain.KindCouncil, Name: "Kommunfullmäktige"},
	{ID: "KS", Kind: domain.KindExecutive, Name: "Kommunstyrelsen"},
	{ID: "SN", Kind: domain.KindBoard, Name: "Socialnämnden"},
	{ID: "KSAU", Kind: domain.KindBoard, Name: "Kommunstyrelsens arbetsutskott"},
	{ID: "SOF", Kind: domain.KindAdministration, Name: "Socialförvaltningen"},
	{ID: "HAMN", Kind: domain.KindCompany, Name: "Hamnbolaget", From: "2027-06-01", To: "2028-06-30"},
}

const ids = "KF, KS, SN, KSAU, HAMN"

func meeting(id, unit, date string, status domain.MeetingStatus) domain.Meeting {
	return domain.Meeting{ID: domain.MeetingID(id), Unit: domain.UnitID(unit), Date: domain.Date(date), Status: status}
}

func TestCSV(t *testing.T) {
	want := []domain.Meeting{
		meeting("KS-2027-02-10", "KS", "2027-02-10", domain.MeetingConfirmed),
		meeting("KF-2027-06-15", "KF", "2027-06-15", domain.MeetingProposed),
		meeting("sn-mars", "SN", "2028-02-29", domain.MeetingCancelled),
	}
	rows := "Enhet;Datum;Status;Id\nkommunfullmäktige;2027-06-15;föreslaget;\nKS; 2027-02-10 ;Fastställt;\nSN;2028-02-29;inställt;sn-mars\n;;;\n"
	for name, text := range map[string]string{
		"semicolons":       rows,
		"commas":           strings.ReplaceAll(rows, ";", ","),
		"byte order mark":  "\ufeff" + rows,
		"windows lines":    strings.ReplaceAll(rows, "\n", "\r\n"),
		"quoted":           strings.Replace(rows, "kommunfullmäktige", `"Kommunfullmäktige"`, 1),
		"columns elsewise": "datum,id,status,enhet\n2027-06-15,,föreslaget,KF\n2027-02-10,,fastställt,KS\n2028-02-29,sn-mars,inställt,SN\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := calendarfile.Read("prov.csv", []byte(text), town)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("got  %v %v\nwant %v", got, err, want)
			}
		})
	}
}

// fault is a file and the one fault that is told of it.
type fault struct {
	name, text string
	line       int
	column     int
	says       string
}

func (f fault) check(t *testing.T) {
	t.Helper()
	got, err := calendarfile.Read("prov", []byte(f.text), town)
	var faults wheelfile.Errors
	if !errors.As(err, &faults) || got != nil {
		t.Fatalf("got %v, %v; want faults", got, err)
	}
	want := wheelfile.Error{File: "prov", Line: f.line, Column: f.column, Text: f.says}
	if len(faults) != 1 || faults[0] != want {
		t.Errorf("got  %v\nwant %v", faults, want)
	}
}

func TestFaultsInCSV(t *testing.T) {
	const head = "enhet;datum;status\n"
	for _, f := range []fault{
		{"empty", "", 1, 1, "filen har inga sammanträden. Kontrollera att det är rätt fil."},
		{"only headings", head, 1, 1, "filen har inga sammanträden. Kontrollera att det är rätt fil."},
		{"no headings", "KS;2027-02-10;föreslaget\n", 1, 1, ""},
		{"a heading missing", "enhet;datum\nKS;2027-02-10\n", 1, 1, `rubriken "status" saknas. Första raden ska vara enhet;datum;status, eller enhet;datum;status;id.`},
		{"a heading twice", "enhet;datum;status;datum\n", 1, 20, `rubriken "datum" står två gånger. Ta bort den ena.`},
		{"an unknown heading", "enhet;datum;status;plats\n", 1, 20, `rubriken "plats" finns inte. Första raden ska vara enhet;datum;status, eller enhet;datum;status;id.`},
		{"an unknown unit", head + "KS;2027-02-10;föreslaget\nXX;2027-02-11;föreslaget\n", 3, 1, `enheten "XX" finns inte, eller har inga sammanträden. De som finns är: ` + ids + "."},
		{"a förvaltning", head + "SOF;2027-02-10;föreslaget\n", 2, 1, `enheten "SOF" finns inte, eller har inga sammanträden. De som finns är: ` + ids + "."},
		{"no such day", head + "KS;2027-02-29;föreslaget\n", 2, 4, `"2027-02-29" är inget datum. Skriv år, månad och dag så här: 2027-02-10.`},
		{"another way of writing a day", head + "KS;10/2 2027;föreslaget\n", 2, 4, `"10/2 2027" är inget datum. Skriv år, månad och dag så här: 2027-02-10.`},
		{"a year that cannot be", head + "KS;0227-02-10;föreslaget\n", 2, 1, "året 227 kan inte vara rätt. Rätta dagen."},
		{"no status", head + "KS;2027-02-10;\n", 2, 15, `statusen "" finns inte. Skriv föreslaget, fastställt eller inställt.`},
		{"an unknown status", head + "KS;2027-02-10;kanske\n", 2, 15, `statusen "kanske" finns inte. Skriv föreslaget, fastställt eller inställt.`},
		{"twice", head + "KS;2027-02-10;föreslaget\nKommunstyrelsen;2027-02-10;fastställt\n", 3, 1, "KS har redan ett sammanträde den 2027-02-10, på rad 2. Ta bort det ena."},
		{"an id twice", "enhet;datum;status;id\nKS;2027-02-10;föreslaget;a\nKS;2027-03-10;föreslaget;a\n", 3, 1, `sammanträdet "a" finns redan på rad 2. Ge det ett eget id.`},
		{"an id that is no name", "enhet;datum;status;id\nKS;2027-02-10;föreslaget;a/b\n", 2, 27, `id:t "a/b" går inte att använda. Skriv bokstäver a–z, siffror, punkt och bindestreck, högst 60 tecken; eller lämna det tomt.`},
		{"a short row", head + "KS;2027-02-10\n", 2, 1, "raden har 2 fält, och rubrikerna är 3. Lägg till det som saknas."},
		{"a loose quotation mark", head + "K\"S;2027-02-10;föreslaget\n", 2, 2, "citattecknen går inte ihop. Ett värde som innehåller citattecken ska stå inom citattecken, med dubbla citattecken inuti."},
		{"a quotation that never ends", head + "\"KS;2027-02-10;föreslaget\n", 3, 1, ""},
		{"not UTF-8", head + "K\xe4;2027-02-10;föreslaget\n", 2, 2, "filen är inte sparad som UTF-8. Spara om den med teckenkodningen UTF-8."},
		{"too large", strings.Repeat(" ", 1<<20+1), 0, 0, "filen är 1024 kB, och gränsen är 1024 kB. Dela upp den."},
	} {
		t.Run(f.name, func(t *testing.T) {
			if f.says != "" {
				f.check(t)
			} else if _, err := calendarfile.Read("prov", []byte(f.text), town); err == nil {
				t.Error("read without a fault")
			}
		})
	}
}

// Several faults are told at once, in order, and no more than a person can take in.
func TestSeveralFaults(t *testing.T) {
	text := "enhet;datum;status\n" + strings.Repeat("XX;i dag;kanske\n", 60)
	_, err := calendarfile.ReadCSV("prov.csv", []byte(text), town)
	var faults wheelfile.Errors
	if !errors.As(err, &faults) || len(faults) != 51 || faults[50].Text != "det finns 130 fel till. Rätta de här först." {
		t.Fatalf("got %v", err)
	}
	for i, f := range faults[:50] {
		if f.Line != 2+i/3 {
			t.Errorf("fault %d is told of line %d", i, f.Line)
		}
	}
	var many strings.Builder
	many.WriteString("enhet;datum;status\n")
	d := domain.Date("2000-01-01")
	for range 2001 {
		fmt.Fprintf(&many, "KS;%s;föreslaget\n", d)
		d = d.Add(1)
	}
	_, err = calendarfile.ReadCSV("prov.csv", []byte(many.String()), town)
	if err == nil || err.Error() != "prov.csv:2002:1: filen har fler än 2000 sammanträden. Dela upp den." {
		t.Errorf("got %v", err)
	}
}

func TestPropose(t *testing.T) {
	days := func(unit domain.UnitID, year int) (days []domain.Date) {
		for _, m := range calendarfile.Propose(town, year) {
			if m.Unit == unit {
				if m.Status != domain.MeetingProposed || m.ID != domain.MeetingID(string(unit)+"-"+string(m.Date)) {
					t.Errorf("%+v is not a proposal", m)
				}
				days = append(days, m.Date)
			}
		}
		return days
	}
	// As computed in domain.md 2.2 of the reference, but for the budget meeting in June, which has its own day.
	if got, want := days("KF", 2027), []domain.Date{"2027-01-26", "2027-02-23", "2027-03-23", "2027-04-27", "2027-05-25", "2027-06-08", "2027-08-24",
		"2027-09-28", "2027-10-26", "2027-11-23", "2027-12-14"}; !slices.Equal(got, want) {
		t.Errorf("KF: got %v", got)
	}
	// Of two bolag meetings in 2028, before it is sold: 22 March; 24 May.
	if got, want := days("HAMN", 2028), []domain.Date{"2028-03-22", "2028-05-24"}; !slices.Equal(got, want) {
		t.Errorf("HAMN: got %v", got)
	}
	// The first Tuesday of December 2028 is the 5th; a proposal on a closed day moves: 26 December 2028 would be no day.
	for _, year := range []int{2027, 2028, 2029, 2030, 2031} {
		for _, m := range calendarfile.Propose(town, year) {
			if m.Date.Closed(false) {
				t.Errorf("%s is proposed on a closed day", m.ID)
			}
		}
	}
	if calendarfile.RuleFor(domain.KindCouncil) == "" || calendarfile.RuleFor(domain.KindAdministration) != "" {
		t.Error("a body that meets has a rule, and an administration none")
	}
	known := []domain.Meeting{meeting("a", "KF", "2027-01-20", domain.MeetingConfirmed), meeting("b", "KF", "2027-02-20", domain.MeetingCancelled)}
	for _, m := range calendarfile.ProposeMissing(town, known, 2027) {
		if m.Unit == "KF" && m.Date.Month() == 1 {
			t.Errorf("%s is proposed although KF meets that month", m.ID)
		}
	}
	if n, all := len(calendarfile.ProposeMissing(town, known, 2027)), len(calendarfile.Propose(town, 2027)); n != all-1 {
		t.Errorf("%d missing of %d", n, all)
	}
}
