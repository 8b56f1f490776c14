package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// recordInputs are what a form asks of the protocol beside outcome, § and day. Att-satser each for itself are written on
// the meeting's own page.
func recordInputs(kind domain.CommandKind, values url.Values) []input {
	text := func(name, label, hint, form string) input {
		return input{Name: "protokoll." + name, Label: label, Hint: hint, Type: form, Value: values.Get("protokoll." + name)}
	}
	if kind == domain.CmdInstead {
		manner := text("sätt", "Vem beslutade?", "", "select")
		manner.Options = chosen(manner.Value, option{"ordforande", "Ordföranden eller en annan ledamot, brådskande (KL 6:39)", false},
			option{"delegation", "Den som nämnden har delegerat till (KL 6:37)", false})
		return []input{manner, text("vidare", "Antal gånger som delegationen har lämnats vidare", "0 eller 1. Bara vid delegation.", "number")}
	}
	class := text("klass", "Med vilken rätt återremitterades eller bordlades ärendet?", "Bara KF, KL 5:50. Du avgör utifrån protokollet.", "select")
	class.Options = chosen(class.Value, option{"", "Gäller inte", false}, option{"majoritet", "Av majoriteten", false}, option{"minoritet", "Av en minoritet, minst en tredjedel av de närvarande", false})
	return []input{
		text("närvarande", "Närvarande ledamöter, om det röstades", "", "number"), text("för", "Röster för det som beslutades", "", "number"),
		text("emot", "Röster emot", "", "number"), text("avstod", "Avstod", "", "number"), class,
		text("klasskäl", "Skäl, när siffrorna kan läsas på båda sätten", "", "text"),
		text("reservation", "Reservation av", "Vem, och varför. Anmäld innan sammanträdet var slut.", "text"),
	}
}

func chosen(value string, options ...option) []option {
	for i := range options {
		options[i].Chosen = options[i].Value == value
	}
	return options
}

// setRecord puts what was filled in about the protocol into the command.
func setRecord(in *api.Command, name, value string) error {
	if in.Record == nil {
		in.Record = &api.Record{}
	}
	r := in.Record
	votes := func() *domain.Votes {
		if r.Votes == nil {
			r.Votes = &domain.Votes{}
		}
		return r.Votes
	}
	number := func(into func(int)) error {
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			return domain.Refuse(domain.CodeBadCommand, "%q är inget tal. Skriv antalet med siffror, som i protokollet.", value)
		}
		into(n)
		return nil
	}
	switch name {
	case "sätt":
		r.Manner = domain.Manner(value)
	case "vidare":
		return number(func(n int) { r.Onward = n })
	case "närvarande":
		return number(func(n int) { votes().Present = n })
	case "för":
		return number(func(n int) { votes().For = n })
	case "emot":
		return number(func(n int) { votes().Against = n })
	case "avstod":
		return number(func(n int) { votes().Abstained = n })
	case "klass":
		r.Class = domain.Class(value)
	case "ansvarsfrihet":
		r.Discharge = domain.Grant(value)
	case "anmärkning", "anmärkningsskäl":
		if r.Remark == nil {
			r.Remark = &api.Remark{}
		}
		if name == "anmärkning" {
			r.Remark.Made = value == "ja"
		} else {
			r.Remark.Reason = value
		}
	case "klasskäl":
		r.ClassReason = value
	case "lydelse":
		r.Wording = domain.Digest(value)
	case "omedelbar":
		r.Immediate = value == "ja"
	case "tjänstgjorde":
		for _, line := range strings.Split(value, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				r.Served = append(r.Served, line)
			}
		}
	case "reservation":
		r.Reservations = []api.Reservation{{Text: value}}
	default:
		return domain.Refuse(domain.CodeUnknownField, "Formuläret har inget fält %q. Ladda om sidan och gör om.", "protokoll."+name)
	}
	return nil
}

// dateReservations gives a reservation the day of the decision, which is when it must have been notified.
func (s *Server) dateReservations(r *http.Request, in *api.Command) error {
	if in.Record == nil || len(in.Record.Reservations) == 0 {
		return nil
	}
	day := in.Date
	if day == "" {
		err := s.Store.View(r.Context(), stream(r), func(st *domain.State) error {
			if m := st.Registry.Meeting(in.Meeting); m != nil {
				day = m.Date
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i := range in.Record.Reservations {
		in.Record.Reservations[i].Date = day
	}
	return nil
}
