package server_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The style sheet's colours can be told apart, in light and in dark: text against what it stands on by 4.5 to 1 (WCAG
// 1.4.3), the edges of fields, focus and the wheel's segments by 3 to 1 (1.4.11).
func TestContrasts(t *testing.T) {
	css, err := os.ReadFile("static/stil.css")
	ok(t, err)
	text := string(css)
	_, dark, found := strings.Cut(text, "(prefers-color-scheme: dark) {")
	if !found {
		t.Fatal("the style sheet has no dark colours")
	}
	light := colours(text[:strings.Index(text, "@media")])
	night := colours(text[:strings.Index(text, "@media")])
	for name, colour := range colours(dark[:strings.Index(dark, "\n}")]) {
		night[name] = colour
	}
	for scheme, of := range map[string]map[string]string{"light": light, "dark": night} {
		for _, pair := range []struct {
			least float64
			pairs string
		}{
			{4.5, "ink/bg ink/surface ink/soft ink2/bg ink2/surface ink2/soft ink2/month accent/bg accent/surface accent/soft link/bg link/surface link/soft link-hover/bg on-accent/accent " +
				"on-accent/accent-hover on-amber/amber on-amber/amber2 late-ink/bg late-ink/soft error/bg on-done/done on-open/open on-wait/wait ink/past ink/pink on-wait/ring"},
			{3, "strong/bg accent/bg accent/surface accent/soft open-line/bg open-line/open wait-line/bg wait-line/ring done-line/bg done-line/past ink/amber2"},
		} {
			for _, names := range strings.Fields(pair.pairs) {
				front, back, _ := strings.Cut(names, "/")
				if scheme == "dark" && front == "ink" && strings.HasPrefix(back, "amber") {
					continue // what stands on amber is on-amber there
				}
				if of[front] == "" || of[back] == "" {
					t.Fatalf("%s: there is no colour %s or %s", scheme, front, back)
				}
				if got := contrast(of[front], of[back]); got < pair.least {
					t.Errorf("%s: %s (%s) on %s (%s) is %.2f to 1, and at least %v is needed", scheme, front, of[front], back, of[back], got, pair.least)
				}
			}
		}
	}
	if got := contrast("#fff", "#000"); math.Abs(got-21) > 0.01 {
		t.Errorf("white on black is %v to 1, not 21", got)
	}
	if got := contrast("#767676", "#ffffff"); math.Abs(got-4.54) > 0.01 {
		t.Errorf("#767676 on white is %v to 1, not 4.54", got)
	}
}

var token = regexp.MustCompile(`--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})`)

func colours(css string) map[string]string {
	all := map[string]string{}
	for _, m := range token.FindAllStringSubmatch(css, -1) {
		all[m[1]] = m[2]
	}
	return all
}

// contrast is the ratio of WCAG 2 between two colours.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			return 0
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
