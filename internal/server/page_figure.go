package server

import (
	"net/url"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// figureInputs are the amounts of a form. A submission begins with what the rules suggest; a decision and a tilläggsbudget are
// left empty but for what was decided otherwise.
func figureInputs(step *api.Step, kind domain.CommandKind, values url.Values) (all []input) {
	for _, w := range step.Figures {
		if kind == domain.CmdRevise && w.Means != domain.MeansFrame && w.Means != domain.MeansTotal {
			continue
		}
		in := input{Name: "belopp." + w.ID, Label: w.Title, Type: "text", Hint: "Med enhet, till exempel 723,5 mnkr."}
		if w.Unit != "" {
			in.Name, in.Label = in.Name+"."+string(w.Unit), w.Title+", "+w.UnitName
		}
		switch kind {
		case domain.CmdSubmit:
			in.Must, in.Required, in.Value = w.Required, w.Required, w.Suggest
		case domain.CmdDecide:
			in.Hint = "Fylls bara i om ett annat belopp beslutades än det som står i förslaget."
		default:
			in.Hint = "Fylls bara i om beloppet blir ett annat. Skriv hela det nya beloppet, med enhet."
		}
		if sent, found := values[in.Name]; found {
			in.Value = sent[0]
		}
		all = append(all, in)
	}
	return all
}

// aimInputs is the one field in which mål are written, a line for each.
func aimInputs(step *api.Step, kind domain.CommandKind, values url.Values) []input {
	if !step.WantsAims {
		return nil
	}
	hint := "En rad för varje mål: målet; målår; nyckeltal; målvärde. Utan nyckeltal och målvärde följs det med professionell bedömning. Till exempel: Fler elever i kulturskolan; 2028–2030; antal elever; 2 000. Nämndens inriktning skrivs på en egen rad: Inriktning; och sedan texten. Ett mål som är preliminärt under ett valår slutar med (preliminärt)."
	for _, w := range step.Figures {
		if w.Unit != "" {
			hint += " Skriv nämndens korta namn och kolon först på raden, till exempel KN: …"
			break
		}
	}
	return []input{{Name: "mal", Label: "Mål", Type: "long", Value: values.Get("mal"), Hint: hint}}
}

// readAims reads the lines of that field. Mål of the same nämnd are numbered in order.
func readAims(text string) (aims []api.Aim, err error) {
	numbers := map[domain.UnitID]int{}
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		var a api.Aim
		if unit, rest, found := strings.Cut(line, ":"); found && len(unit) <= 10 && strings.ToUpper(unit) == unit {
			a.Unit, line = domain.UnitID(unit), rest
		}
		if rest, found := strings.CutSuffix(line, "(preliminärt)"); found {
			a.Preliminary, line = true, strings.TrimRight(strings.TrimSpace(rest), ";")
		}
		if rest, found := strings.CutPrefix(strings.TrimSpace(line), "Inriktning;"); found {
			if a.Text = strings.TrimSpace(rest); a.Text == "" {
				return nil, domain.Refuse(domain.CodeGoal, "Inriktningen saknar sin text. Skriv den efter Inriktning; på samma rad.")
			}
			aims = append(aims, a)
			continue
		}
		parts := strings.Split(line, ";")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if len(parts) != 2 && len(parts) != 4 {
			return nil, domain.Refuse(domain.CodeGoal, "Raden %q går inte att läsa som ett mål. Skriv målet; målår; nyckeltal; målvärde, eller bara målet; målår.", line)
		}
		a.Text, a.Measured = parts[0], domain.MeasuredByJudgment
		if len(parts) == 4 {
			a.Measured, a.Indicator, a.Target = domain.MeasuredByFigure, parts[2], parts[3]
		}
		first, last, several := strings.Cut(strings.ReplaceAll(parts[1], "–", "-"), "-")
		if a.From, err = strconv.Atoi(strings.TrimSpace(first)); err == nil && several {
			a.To, err = strconv.Atoi(strings.TrimSpace(last))
		}
		if err != nil {
			return nil, domain.Refuse(domain.CodeGoal, "%q är inga målår. Skriv 2028, eller 2028–2030.", parts[1])
		}
		numbers[a.Unit]++
		a.Goal = strconv.Itoa(numbers[a.Unit])
		aims = append(aims, a)
	}
	return aims, nil
}

// FigureTitle is what people call one of the step's amounts.
func (b *stepBody) FigureTitle(id string, unit domain.UnitID) string {
	for _, w := range b.Step.Figures {
		if w.ID == id && w.Unit == unit {
			if w.UnitName != "" {
				return w.Title + ", " + w.UnitName
			}
			return w.Title
		}
	}
	return strings.TrimSpace(id + " " + string(unit))
}
