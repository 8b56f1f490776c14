package domain

import (
	"strings"
	"testing"
)

func TestParseMoney(t *testing.T) {
	for _, r := range []struct {
		text string
		want Money
		says string // of the refusal
	}{
		{"723,5 mnkr", 72_350_000_000, ""},
		{"4 201 mnkr", 420_100_000_000, ""},
		{"4\u00a0201\u00a0mnkr", 420_100_000_000, ""},
		{"−180,7 mnkr", -18_070_000_000, ""},
		{"-180 700 tkr", -18_070_000_000, ""},
		{"411 000 kronor", 0, "enhet"},
		{"411000", 0, "enhet"},
		{"12,50 kr", 1250, ""},
		{"12,5kr", 1250, ""},
		{"0 kr", 0, ""},
		{"-0 kr", 0, ""},
		{"7 öre", 7, ""},
		{"0,00000001 mnkr", 1, ""},
		{"0,000000001 mnkr", 0, "öre"},
		{"1,0000000000 mnkr", 100_000_000, ""},
		{"723.5 mnkr", 0, "decimalkomma"},
		{"1, mnkr", 0, "decimalkomma"},
		{",5 mnkr", 0, "decimalkomma"},
		{"72 35 kr", 0, "decimalkomma"},
		{"7 2350 kr", 0, "decimalkomma"},
		{"--5 kr", 0, "decimalkomma"},
		{"mnkr", 0, "decimalkomma"},
		{"", 0, "enhet"},
		{"10000000 mnkr", MaxMoney, ""},
		{"10000000,01 mnkr", 0, "enheten"},
		{strings.Repeat("9", 400) + " mnkr", 0, "enheten"},
	} {
		got, err := ParseMoney(r.text)
		if got != r.want || (err == nil) != (r.says == "") || err != nil && !strings.Contains(err.Error(), r.says) {
			t.Errorf("%q: %d, %v; want %d, %q", r.text, got, err, r.want, r.says)
		}
	}
}

func TestMoneySwedish(t *testing.T) {
	for _, r := range []struct {
		amount Money
		want   string
	}{
		{0, "0 kr"}, {5, "0,05 kr"}, {1250, "12,50 kr"}, {-100, "−1 kr"}, {72_350_000_000, "723,5 mnkr"},
		{-18_070_000_000, "−180,7 mnkr"}, {1_024_350_000_000, "10 243,5 mnkr"}, {123_456_700, "1 234,567 tkr"}, {100_000_001, "1 000 000,01 kr"},
	} {
		if got := strings.ReplaceAll(r.amount.Swedish(), "\u00a0", " "); got != r.want {
			t.Errorf("%d: %q, want %q", r.amount, got, r.want)
		}
	}
}

// What is written is read back as the same amount, and what is read is written so that it is read the same.
func FuzzMoney(f *testing.F) {
	f.Add("723,5 mnkr", int64(72_350_000_000))
	f.Add("−180 700 tkr", int64(-1))
	f.Add("0,05 kr", int64(MaxMoney))
	f.Fuzz(func(t *testing.T, text string, n int64) {
		if m, err := ParseMoney(text); err == nil {
			if back, err := ParseMoney(m.Swedish()); err != nil || back != m {
				t.Errorf("%q is %d, written %q, read %d, %v", text, m, m.Swedish(), back, err)
			}
		}
		m := Money(n % int64(MaxMoney+1))
		if back, err := ParseMoney(m.Swedish()); err != nil || back != m {
			t.Errorf("%d is written %q, read %d, %v", m, m.Swedish(), back, err)
		}
	})
}
