package domain

import (
	"errors"
	"slices"
	"testing"
)

// What is handed over goes to those that the wheel names, and otherwise to who leads the cycle.
func TestRecipients(t *testing.T) {
	w := spine(t)
	def := w.Def("forslag")
	if got := w.Recipients(def); !slices.Equal(got, []UnitID{"SLF"}) {
		t.Errorf("the wheel names nobody: %v", got)
	}
	def.To = []UnitID{"KS", "KF"}
	if got := w.Recipients(def); !slices.Equal(got, def.To) {
		t.Errorf("the wheel names two: %v", got)
	}
	r, err := Rehearse(Launch{Kommun: "9999", Year: 2028, Wheel: w, Registry: town()}, "p-slf-cykelansvarig")
	if err != nil || len(r.Errors()) > 0 {
		t.Errorf("%v, %+v", err, r.Errors())
	}
	def.To, def.Body = nil, "KX"
	_, err = Rehearse(Launch{Kommun: "9999", Year: 2028, Wheel: w, Registry: town()}, "p-slf-cykelansvarig")
	if refusal := (*Refusal)(nil); !errors.As(err, &refusal) || refusal.Code != CodeWheel {
		t.Errorf("waited for from a unit that there is not: %v", err)
	}
	def.To, def.Body = []UnitID{"KF", "REV"}, ""
	_, err = Rehearse(Launch{Kommun: "9999", Year: 2028, Wheel: w, Registry: town()}, "p-slf-cykelansvarig")
	if refusal := (*Refusal)(nil); !errors.As(err, &refusal) || refusal.Code != CodeWheel {
		t.Errorf("handed over to a unit that there is not: %v", err)
	}
}
