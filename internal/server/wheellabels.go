package server

import (
	"slices"
	"strings"
)

// leads are the words at the beginning of a title that the ring says already, or that a short label can do without.
var leads = []string{"Nämndens ", "Förvaltningens ", "Bolagets ", "Enheternas ", "Kommunfullmäktiges ", "Kommunstyrelsens ", "Kommunfullmäktige ",
	"Kommunstyrelsen ", "Stadsrevisionens ", "Förskolornas och skolornas ", "Årlig "}

// cuts are where a title can end without being wrong.
var cuts = []string{" och lämnar ", " vid ", " till ", " för ", " om ", " i ", " av ", " på ", " med ", " och ", " efter ", "; "}

// shortLabels are a title and ever shorter forms of it, for where there is little room: without what the ring says, then
// cut at a preposition, then the word that says most. None is an abbreviation that a reader would have to know.
func shortLabels(title string) []string {
	title = strings.Join(strings.Fields(dropParentheses(title)), " ")
	labels := []string{title}
	short := title
	for _, lead := range leads {
		if rest, ok := strings.CutPrefix(short, lead); ok {
			short = upperFirst(rest)
			break
		}
	}
	labels = append(labels, short)
	if _, what, ok := strings.Cut(short, "eslut om "); ok {
		labels = append(labels, upperFirst(what))
	}
	for {
		at := -1
		for _, cut := range cuts {
			at = max(at, strings.LastIndex(short, cut))
		}
		if at < 4 {
			break
		}
		short = short[:at]
		labels = append(labels, short)
	}
	if words := strings.Fields(short); len(words) > 1 {
		labels = append(labels, upperFirst(noun(words)))
	}
	return slices.Compact(labels)
}

// noun picks the word that says most: the first, or the last when the first is a verb or an adjective.
func noun(words []string) string {
	for _, ending := range []string{"a", "e", "er", "ar"} {
		if strings.HasSuffix(words[0], ending) {
			return words[len(words)-1]
		}
	}
	return words[0]
}

func dropParentheses(s string) string {
	before, rest, open := strings.Cut(s, "(")
	if !open {
		return s
	}
	_, after, _ := strings.Cut(rest, ")")
	return before + after
}
