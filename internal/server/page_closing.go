package server

import (
	"net/url"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// reviewInputs are what the form asks of revisorernas granskning of the årsredovisning or the delårsrapport: the assessment
// and, of the årsredovisning, what they state of each nämnd.
func reviewInputs(step *api.Step, registry *api.Registry, values url.Values) []input {
	if step.Matter != domain.MatterAudit && step.Matter != domain.MatterInterim {
		return nil
	}
	choose := func(name, label, hint string, must bool, options ...option) input {
		value := values.Get("granskning." + name)
		return input{Name: "granskning." + name, Label: label, Hint: hint, Type: "select", Value: value, Must: must, Options: chosen(value, options...)}
	}
	var outcomes []option
	for _, w := range domain.Assessments {
		outcomes = append(outcomes, option{string(w.Assessment), upperFirst(w.Word), false})
	}
	all := []input{choose("utfall", "Är resultaten förenliga med fullmäktiges mål?", "Revisorernas bedömning (KL 12:2).", true, outcomes...)}
	for _, unit := range step.Boards {
		name := string(unit)
		for _, u := range registry.Units {
			if u.ID == unit {
				name = u.Name
			}
		}
		all = append(all,
			choose(string(unit), "Ansvarsfrihet för "+name, "Uttalande i revisionsberättelsen (KL 12:13).", true,
				option{"tillstyrks", "Tillstyrks", false}, option{"tillstyrks,anmarkning", "Tillstyrks, med anmärkning", false},
				option{"avstyrks", "Avstyrks", false}, option{"avstyrks,anmarkning", "Avstyrks, med anmärkning", false}),
			input{Name: "granskning.skal." + string(unit), Label: "Anledning, " + name, Hint: "Krävs vid anmärkning. Nämnden får den i sin inkorg och ska förklara sig (KL 5:32).", Type: "text",
				Value: values.Get("granskning.skal." + string(unit))})
	}
	return all
}

// setReview puts what was filled in about the granskning into the command.
func setReview(in *api.Command, name, value string) {
	if in.Review == nil {
		in.Review = &api.AuditReview{}
	}
	if name == "utfall" {
		in.Review.Outcome = domain.Assessment(value)
		return
	}
	unit, reason := strings.CutPrefix(name, "skal.")
	at := slices.IndexFunc(in.Review.Boards, func(b api.Statement) bool { return b.Unit == domain.UnitID(unit) })
	if at < 0 {
		at = len(in.Review.Boards)
		in.Review.Boards = append(in.Review.Boards, api.Statement{Unit: domain.UnitID(unit)})
	}
	b := &in.Review.Boards[at]
	if reason {
		b.Reason = value
		return
	}
	stance, _, remark := strings.Cut(value, ",")
	b.Stance, b.Remark = domain.Stance(stance), remark
}

// dischargeInputs are what the form asks of KF's decision on ansvarsfrihet.
func dischargeInputs(step *api.Step, values url.Values) []input {
	if step.Matter != domain.MatterDischarge {
		return nil
	}
	grant := input{Name: "protokoll.ansvarsfrihet", Label: "Ansvarsfrihet", Type: "select", Value: values.Get("protokoll.ansvarsfrihet"),
		Hint: "När ärendet avgjordes. Motivera beslutet om ansvarsfrihet vägras, eller beviljas fast revisorerna avstyrkte (KL 5:24)."}
	grant.Options = chosen(grant.Value, option{"", "Avgjordes inte", false}, option{string(domain.Granted), "Beviljas", false}, option{string(domain.DischargeRefused), "Vägras", false})
	remark := input{Name: "protokoll.anmärkning", Label: "Riktar fullmäktige en anmärkning?", Type: "select", Value: values.Get("protokoll.anmärkning"),
		Hint: "Ett eget beslut (KL 5:24). Svara när revisorerna har riktat en anmärkning, eller fullmäktige ändå gör det."}
	remark.Options = chosen(remark.Value, option{"", "Inget beslut", false}, option{"ja", "Ja", false}, option{"nej", "Nej", false})
	reason := input{Name: "protokoll.anmärkningsskäl", Label: "Anmärkningens motivering", Type: "text", Value: values.Get("protokoll.anmärkningsskäl")}
	if s := step.Statement; s != nil {
		grant.Hint = "Revisorerna: ansvarsfrihet " + string(s.Stance) + ". " + grant.Hint
		if s.Remark {
			remark.Hint = "Revisorerna har riktat en anmärkning: svara ja eller nej (KL 5:24)."
			remark.Must = true
		}
	}
	return []input{grant, remark, reason}
}
