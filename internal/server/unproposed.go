package server

import (
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// lawOfCompanies is the law by which kommunstyrelsen judges each wholly owned company's year.
const lawOfCompanies domain.LawID = "KL 6:9"

// unproposed warns when the answer to that is no and nothing is proposed: kommunstyrelsen then gives fullmäktige a proposal at
// the same time. The rules take it as it is, because the proposal may stand in another paper.
func unproposed(st *domain.State, in *api.Command) []string {
	if st.Cycle == nil || in.Kind != domain.CmdSubmit {
		return nil
	}
	step := st.Cycle.Step(in.Step)
	if step == nil || st.Cycle.Wheel.Def(step.Def).Legal != lawOfCompanies {
		return nil
	}
	no := slices.ContainsFunc(in.Fields, func(f api.Field) bool {
		answer := strings.ToLower(strings.TrimSpace(f.Value))
		return answer == "nej" || strings.HasPrefix(answer, "nej,") || strings.HasPrefix(answer, "nej.") || strings.HasPrefix(answer, "nej ")
	})
	if !no || slices.ContainsFunc(in.Documents, func(d api.Document) bool { return d.SHA256 != "" || d.Link != "" }) {
		return nil
	}
	return []string{"Svaret är nej, och inget förslag är bifogat. Kommunstyrelsen ska då samtidigt lämna förslag till fullmäktige om nödvändiga åtgärder (KL 6:9)."}
}
