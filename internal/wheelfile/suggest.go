package wheelfile

import (
	"fmt"
	"strings"
)

// maxListed is how many known words a sentence lists.
const maxListed = 20

// suggest ends a sentence about an unknown word: the known word that it is likely a slip of, or all of them.
func suggest(got string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := slips(got, k); d < least && d < len([]rune(k))/2+1 {
			best, least = k, d
		}
	}
	switch {
	case best != "":
		return "Menade du " + best + "?"
	case len(known) == 0:
		return "Ta bort raden."
	}
	if more := len(known) - maxListed; more > 0 {
		return fmt.Sprintf("Det som finns är: %s och %d till.", strings.Join(known[:maxListed], ", "), more)
	}
	return "Det som finns är: " + strings.Join(known, ", ") + "."
}

// slips counts the letters that must be added, dropped or changed to make b of a; å, ä and ö written as a and o are free.
func slips(a, b string) int {
	from, to := []rune(plain(a)), []rune(plain(b))
	if len(from) > 100 || len(to) > 100 {
		return 100
	}
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j := range to {
			change := diagonal
			if from[i] != to[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}

var plainLetters = strings.NewReplacer("å", "a", "ä", "a", "ö", "o")

// plain writes a Swedish word as the constants of domain do: "fastställande" is ActEstablishment, "faststallande".
func plain(word string) string { return plainLetters.Replace(strings.ToLower(word)) }
