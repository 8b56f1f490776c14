package server

import (
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

func TestReadAims(t *testing.T) {
	got, err := readAims("KN: Fler elever i kulturskolan; 2028–2030; antal elever; 2 000\n\nKN: Trygghet: ute och inne; 2028\nIndex för hemtjänst; 2028; index; 81")
	want := []api.Aim{
		{Unit: "KN", Goal: "1", Text: "Fler elever i kulturskolan", From: 2028, To: 2030, Measured: domain.MeasuredByFigure, Indicator: "antal elever", Target: "2 000"},
		{Unit: "KN", Goal: "2", Text: "Trygghet: ute och inne", From: 2028, Measured: domain.MeasuredByJudgment},
		{Goal: "1", Text: "Index för hemtjänst", From: 2028, Measured: domain.MeasuredByFigure, Indicator: "index", Target: "81"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = readAims("KN: Inriktning; Kultur för alla; hela livet\nKN: Fler elever; 2028 (preliminärt)")
	want = []api.Aim{{Unit: "KN", Text: "Kultur för alla; hela livet"}, {Unit: "KN", Goal: "1", Text: "Fler elever", From: 2028, Measured: domain.MeasuredByJudgment, Preliminary: true}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("inriktning and preliminary mål: %+v, %v", got, err)
	}
	for text, says := range map[string]string{"Fler elever": "målår; nyckeltal", "KN: Inriktning; ": "saknar sin text", "Fler elever; snart": "inga målår", "Fler; 2028; antal": "går inte att läsa"} {
		if _, err := readAims(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}
