package api

import "arshjul/domain"

// Registry is what all cycles of a municipality share, with the names that are not erased.
type Registry struct {
	Stream       string              `json:"stream"`
	Kommun       string              `json:"kommun"`
	Number       uint64              `json:"number" doc:"The last change."`
	City         domain.UnitID       `json:"city" doc:"The förvaltning that leads the cycle."`
	Units        []domain.Unit       `json:"units"`
	Bindings     []Binding           `json:"bindings"`
	Substitutes  []domain.Substitute `json:"substitutes"`
	Exclusions   []Exclusion         `json:"exclusions"`
	Meetings     []domain.Meeting    `json:"meetings"`
	Orders       []Order             `json:"orders"`
	Epochs       []domain.Epoch      `json:"epochs,omitempty" doc:"Declared epochs of the log; one counts when it is confirmed."`
	Deficits     []domain.Deficit    `json:"deficits,omitempty" doc:"Negative balanskravsresultat, which outlive their cycle; amounts in öre."`
	CarryOvers   []domain.CarryOver  `json:"carry_overs,omitempty" doc:"Resultatöverföring per nämnd; amounts in öre."`
	Observations []Observation       `json:"observations,omitempty" doc:"Revisorernas iakttagelser; of a closed one only what it was on."`
	Supplements  []Supplement        `json:"supplements,omitempty" doc:"What came in to cycles after they had ended."`
	Erasures     []Erasure           `json:"erasures,omitempty" doc:"Gallringar that wait for a second person."`
}
