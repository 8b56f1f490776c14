package server

import (
	"net/url"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// A filled-in form of revisorernas granskning and of KF's decision on ansvarsfrihet gives the command that it shows.
func TestClosingForms(t *testing.T) {
	step := &api.Step{Matter: domain.MatterAudit, Boards: []domain.UnitID{"SN", "AN"}}
	registry := &api.Registry{Units: []domain.Unit{{ID: "SN", Name: "Socialnämnden"}, {ID: "AN", Name: "Arbetsmarknadsnämnden"}}}
	inputs := reviewInputs(step, registry, url.Values{})
	if len(inputs) != 5 || inputs[1].Label != "Ansvarsfrihet för Socialnämnden" {
		t.Fatalf("%d inputs", len(inputs))
	}
	filled := map[string]string{"granskning.utfall": "kan-ej-bedomas", "granskning.SN": "avstyrks,anmarkning", "granskning.skal.SN": "brister", "granskning.AN": "tillstyrks"}
	var in api.Command
	for _, i := range inputs {
		if v := filled[i.Name]; v != "" {
			if err := setMember(&in, i.Name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := []api.Statement{{Unit: "SN", Stance: domain.StanceAgainst, Remark: true, Reason: "brister"}, {Unit: "AN", Stance: domain.StanceFor}}
	if r := in.Review; r.Outcome != domain.AssessedUnable || len(r.Boards) != 2 || r.Boards[0] != want[0] || r.Boards[1] != want[1] {
		t.Errorf("%+v", in.Review)
	}

	step = &api.Step{Matter: domain.MatterDischarge, Statement: &api.Statement{Unit: "SN", Stance: domain.StanceAgainst, Remark: true}}
	in = api.Command{}
	for i, v := range []string{"vagras", "ja", "väsentliga brister"} {
		input := dischargeInputs(step, url.Values{})[i]
		if err := setMember(&in, input.Name, v); err != nil {
			t.Fatal(err)
		}
	}
	if r := in.Record; r.Discharge != domain.DischargeRefused || r.Remark == nil || !r.Remark.Made || r.Remark.Reason != "väsentliga brister" {
		t.Errorf("%+v", in.Record)
	}
	if len(dischargeInputs(&api.Step{}, url.Values{})) != 0 || len(reviewInputs(&api.Step{}, registry, url.Values{})) != 0 {
		t.Error("asked of a step that is neither")
	}
}
