package main

import (
	"strings"
	"testing"

	"arshjul/internal/server/api"
)

func TestReadFigure(t *testing.T) {
	for flag, want := range map[string]api.Amount{
		"ram=SN:723,5mnkr":    {ID: "ram", Unit: "SN", Amount: "723,5mnkr"},
		"total=10 243,5 mnkr": {ID: "total", Amount: "10 243,5 mnkr"},
		"ram=FN:-180 700 tkr": {ID: "ram", Unit: "FN", Amount: "-180 700 tkr"},
	} {
		if got, err := readFigure(flag); err != nil || got != want {
			t.Errorf("%s: %+v, %v", flag, got, err)
		}
	}
	for flag, says := range map[string]string{"ram": "belopp=NÄMND:VÄRDE", "ram=SN:411000": "saknar enhet", "ram=SN:1.5 mnkr": "decimalkomma"} {
		if _, err := readFigure(flag); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", flag, err, says)
		}
	}
}
