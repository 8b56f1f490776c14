package server

import (
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
	"arshjul/internal/wheelfile"
)

// KL 6:9: who answers that a company has gone beyond its purpose, and proposes nothing, is told to look again.
func TestANoToACompanyWithoutAProposal(t *testing.T) {
	t.Parallel()
	file, err := wheelfile.Read("helsingborg.yaml", wheels.Helsingborg)
	if err != nil {
		t.Fatal(err)
	}
	st := &domain.State{Cycle: &domain.Cycle{Wheel: file.Wheel, Steps: []domain.Step{{ID: "bolag-andamalsprovning/HSFAB", Def: "bolag-andamalsprovning"}, {ID: "planeringsanvisningar/KS", Def: "planeringsanvisningar"}}}}
	proposal := []api.Document{{Def: "forslag", Link: "https://exempel.invalid/forslag"}}
	for name, c := range map[string]struct {
		in    api.Command
		warns bool
	}{
		"no":                  {api.Command{Kind: domain.CmdSubmit, Step: "bolag-andamalsprovning/HSFAB", Fields: []api.Field{{ID: "forenlig", Value: " Nej, inte under våren"}}}, true},
		"no, with a proposal": {api.Command{Kind: domain.CmdSubmit, Step: "bolag-andamalsprovning/HSFAB", Fields: []api.Field{{ID: "forenlig", Value: "nej"}}, Documents: proposal}, false},
		"an empty document":   {api.Command{Kind: domain.CmdSubmit, Step: "bolag-andamalsprovning/HSFAB", Fields: []api.Field{{ID: "forenlig", Value: "nej"}}, Documents: []api.Document{{Def: "forslag"}}}, true},
		"yes":                 {api.Command{Kind: domain.CmdSubmit, Step: "bolag-andamalsprovning/HSFAB", Fields: []api.Field{{ID: "forenlig", Value: "ja"}}}, false},
		"another step":        {api.Command{Kind: domain.CmdSubmit, Step: "planeringsanvisningar/KS", Fields: []api.Field{{ID: "x", Value: "nej"}}}, false},
		"a comment":           {api.Command{Kind: domain.CmdComment, Step: "bolag-andamalsprovning/HSFAB", Text: "nej"}, false},
	} {
		if got := unproposed(st, &c.in); (len(got) == 1) != c.warns {
			t.Errorf("%s: %q", name, got)
		}
	}
}
