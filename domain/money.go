package domain

import (
	"strconv"
	"strings"
)

// Money is an amount in öre. It is never a floating-point number: what stands in a decision is kept to the öre.
type Money int64

// MaxMoney bounds every amount, so that no sum of a municipality's amounts can overflow: ten thousand miljarder kronor.
const MaxMoney Money = 1_000_000_000_000_000

// moneyUnits are the units in which people write amounts, the largest first: how many öre one is, and its decimal places.
var moneyUnits = []struct {
	word   string
	places int
}{{"mnkr", 8}, {"tkr", 5}, {"kr", 2}, {"öre", 0}}

// ParseMoney reads an amount as people write it: "723,5 mnkr", "−180 700 tkr", "12,50 kr". The unit must stand there, since
// a figure in kronor that was meant in mnkr looks right. Nothing is rounded: less than an öre is refused.
func ParseMoney(text string) (Money, error) {
	number, unit := splitUnit(strings.TrimSpace(text))
	for _, u := range moneyUnits {
		if u.word != unit {
			continue
		}
		return parseAmount(text, number, u.places)
	}
	return 0, refuse(CodeMoney, "Beloppet %q saknar enhet. Skriv mnkr, tkr eller kr efter talet, till exempel 723,5 mnkr.", shortened(text))
}

// spaces are those that may stand between groups of digits and before the unit: also the ones that do not break.
const spaces = " \u00a0\u202f"

// splitUnit parts the number from the unit's letters at its end.
func splitUnit(text string) (number, unit string) {
	at := len(text)
	for i, r := range text {
		if r >= 'a' && r <= 'z' || r == 'ö' {
			at = i
			break
		}
	}
	return strings.TrimRight(text[:at], spaces), text[at:]
}

func parseAmount(text, number string, places int) (Money, error) {
	unclear := refuse(CodeMoney, "%q går inte att läsa som ett belopp. Skriv siffror med decimalkomma, till exempel 1 479,9 mnkr.", shortened(text))
	negative := false
	for _, minus := range []string{"-", "−", "–"} {
		if rest, found := strings.CutPrefix(number, minus); found {
			negative, number = true, strings.TrimLeft(rest, spaces)
			break
		}
	}
	whole, decimals, comma := strings.Cut(number, ",")
	whole, ok := ungrouped(whole)
	if !ok || comma && decimals == "" || !allDigits(decimals) {
		return 0, unclear
	}
	if len(decimals) > places {
		if strings.Trim(decimals[places:], "0") != "" {
			return 0, refuse(CodeMoney, "%q är finare än ett öre. Ta bort decimaler.", shortened(text))
		}
		decimals = decimals[:places]
	}
	digits := strings.TrimLeft(whole+decimals+strings.Repeat("0", places-len(decimals)), "0")
	if len(digits) > 16 {
		return 0, tooMuch(text)
	}
	if digits == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || Money(n) > MaxMoney {
		return 0, tooMuch(text)
	}
	if negative {
		n = -n
	}
	return Money(n), nil
}

func tooMuch(text string) error {
	return refuse(CodeMoney, "%q är mer än en kommun har. Kontrollera enheten.", shortened(text))
}

// ungrouped takes away the spaces between groups of three digits; other spaces are a mistake.
func ungrouped(whole string) (string, bool) {
	whole = strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(whole)
	groups := strings.Split(whole, " ")
	for i, g := range groups {
		if g == "" || !allDigits(g) || len(groups) > 1 && (len(g) > 3 || i > 0 && len(g) != 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func shortened(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

// Swedish writes the amount as people do, in the largest unit in which it has at most three decimals, exactly:
// "723,5 mnkr", "−180 700 kr". ParseMoney reads it back as the same amount.
func (m Money) Swedish() string {
	for _, u := range moneyUnits[:2] {
		step := int64(1)
		for range u.places - 3 {
			step *= 10
		}
		if n := int64(m); n%step == 0 && (n/step >= 1000 || n/step <= -1000) {
			return m.in(u.word, u.places)
		}
	}
	return m.in("kr", 2)
}

func (m Money) in(word string, places int) string {
	digits := strconv.FormatUint(m.size(), 10)
	if len(digits) <= places {
		digits = strings.Repeat("0", places+1-len(digits)) + digits
	}
	whole, decimals := digits[:len(digits)-places], digits[len(digits)-places:]
	decimals = strings.TrimRight(decimals, "0")
	if word == "kr" && decimals != "" {
		decimals = digits[len(digits)-places:]
	}
	var b strings.Builder
	if m < 0 {
		b.WriteString("−")
	}
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString("\u00a0")
		}
		b.WriteRune(d)
	}
	if decimals != "" {
		b.WriteString("," + decimals)
	}
	return b.String() + "\u00a0" + word
}

func (m Money) size() uint64 {
	if m < 0 {
		return uint64(-(m + 1)) + 1
	}
	return uint64(m)
}

// signed writes a difference, with its sign also when it is more.
func (m Money) signed() string {
	if m > 0 {
		return "+" + m.Swedish()
	}
	return m.Swedish()
}
