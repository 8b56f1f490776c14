package domain

import (
	"fmt"
	"slices"
	"testing"
)

// mentioning is a comment on a step that names people.
func mentioning(step StepID, people ...PersonID) func(*game) Command {
	return is(Command{Kind: CmdComment, Actor: sofPL, Step: step, Text: text("@någon"), Mentions: people})
}

func many(n int) (people []PersonID) {
	for i := range n {
		people = append(people, PersonID(fmt.Sprintf("p-%02d", i)))
	}
	return people
}

// mentionRows are the refusals of comments that name people.
var mentionRows = []row{
	{CodeRulesOlder, "naming somebody under older rules", nil, mentioning("forslag/SN", sofFC), "regelversion 1"},
	{CodeUnknownField, "naming somebody with another command", now3, with(submitSN, func(c *Command) { c.Mentions = []PersonID{sofFC} }), "mentions"},
	{CodeMention, "naming somebody unknown", now3, mentioning("forslag/SN", "p-okand"), "@"},
	{CodeMention, "naming somebody who has left", func(g *game) {
		now3(g)
		g.must(g.changes(Event{Kind: EvBound, Binding: &Binding{Number: g.s.Registry.Issued + 1, Person: "p-slutat", Role: "processledare", Unit: "SOF", From: "2026-01-01", To: "2026-11-30"}}))
	}, mentioning("forslag/SN", "p-slutat"), "ingen roll"},
	{CodeBadCommand, "naming somebody beside every step", now3, mentioning("", sofFC), "steget"},
	{CodeBadCommand, "naming somebody twice", now3, mentioning("forslag/SN", sofFC, sofFC), "en gång"},
	{CodeBadCommand, "out of order", now3, mentioning("forslag/SN", sofPL, sofFC), "bokstavsordning"},
	{CodeBadCommand, "naming everybody", now3, mentioning("forslag/SN", many(MaxMentions+1)...), "20"},
}

func TestRefusedMentions(t *testing.T) { refuseAll(t, launched, mentionRows) }

// Whom a comment names is told, once, by role or without one in the step; who wrote it knows, and the others are told nothing.
func TestWhomACommentNamesIsTold(t *testing.T) {
	g := launched(t)
	now3(g)
	people := []PersonID{sofPL, snSekr, stadens}
	slices.Sort(people)
	c := mentioning("forslag/SN", people...)(g)
	wantTold(t, "named", g.tells(c), "forslag/SN comment p-slf-stadens-processledare", "forslag/SN comment p-sn-sekreterare")
	e := &g.events[len(g.events)-1]
	if e.Kind != EvCommented || !slices.Equal(e.Mentions, people) {
		t.Errorf("the entry is %+v", e)
	}
	if got := Sentence(g.s, e); got != "Nämndens förslag, Socialnämnden: en kommentar skrevs, och 3 personer nämndes." {
		t.Errorf("told as %q", got)
	}
	wantTold(t, "naming nobody", g.tells(Command{Kind: CmdComment, Actor: sofPL, Step: "forslag/SN", Text: text("x")}))
}
