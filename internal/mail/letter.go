package mail

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	texttemplate "text/template"

	"arshjul/domain"
)

// Letter is a mail's content.
type Letter struct {
	Subject string
	Text    string
	HTML    string
}

// Item is one thing that a letter tells.
type Item struct {
	Do     string // what to do with what: "Lämna in Nämndens förslag, Socialnämnden"
	Due    domain.Date
	Was    domain.Date // the day before it was moved; "" = it was not
	Late   bool        // the day is past
	Law    bool        // the day is the law's limit
	Urgent bool
	Cycle  string // "Mål och ekonomi 2028"
	Why    string // why this person is told now
	Rule   string // by which rule, and where the day comes from
	Waits  string // what waits for it; "" = nothing
	Stops  string // what ends the mails about it
	URL    string // where it is done
	Opens  string // what is there: "journalen"; "" = the step
	Keep   string // what is to be kept as it is, line by line; "" = nothing
}

// Headline is what to do, with what, by when.
func (i *Item) Headline() string {
	switch {
	case i.Due == "":
		return i.Do
	case i.Late:
		return i.Do + ", försenat: senast-dagen var " + i.Due.Swedish()
	}
	if i.Law {
		return i.Do + ", lagens gräns är " + i.Due.Swedish()
	}
	if i.Was != "" {
		return fmt.Sprintf("%s, senast %s i stället för %s", i.Do, i.Due.Swedish(), i.Was.Swedish())
	}
	return i.Do + ", senast " + i.Due.Swedish()
}

// Contents is what a letter is made of.
type Contents struct {
	Exercise bool
	Items    []Item
	Choice   string // where the person says how often to get mail; "" for exercises
}

//go:embed templates/letter.txt templates/letter.html
var templateFiles embed.FS

var (
	textTemplate = texttemplate.Must(texttemplate.New("letter.txt").Funcs(texttemplate.FuncMap{"nr": func(i int) int { return i + 1 }}).
			ParseFS(templateFiles, "templates/letter.txt"))
	htmlTemplate = htmltemplate.Must(htmltemplate.ParseFS(templateFiles, "templates/letter.html"))
)

// Compose writes a letter: the late first, then by day.
func Compose(c Contents) Letter {
	c.Items = slices.Clone(c.Items)
	slices.SortStableFunc(c.Items, func(a, b Item) int {
		return cmp.Or(boolFirst(a.Urgent, b.Urgent), boolFirst(a.Late, b.Late), boolFirst(a.Due != "", b.Due != ""), strings.Compare(string(a.Due), string(b.Due)),
			strings.Compare(a.Cycle, b.Cycle), strings.Compare(a.Do, b.Do))
	})
	l := Letter{Subject: subject(&c)}
	var text, html bytes.Buffer
	data := struct {
		Contents
		Subject, Lead string
	}{c, l.Subject, lead(len(c.Items))}
	if err := textTemplate.Execute(&text, data); err != nil {
		panic("mail: " + err.Error()) // the template is ours, and so is the data
	}
	if err := htmlTemplate.Execute(&html, data); err != nil {
		panic("mail: " + err.Error())
	}
	l.Text, l.HTML = text.String(), html.String()
	return l
}

func boolFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func subject(c *Contents) string {
	s := c.Items[0].Headline()
	switch more := len(c.Items) - 1; {
	case more == 1:
		s += ", och 1 sak till"
	case more > 1:
		s += fmt.Sprintf(", och %d saker till", more)
	}
	if c.Exercise {
		s = "ÖVNING: " + s
	}
	return s
}

func lead(n int) string {
	if n == 1 {
		return "Det här väntar på dig i årshjul."
	}
	return fmt.Sprintf("%d saker väntar på dig i årshjul.", n)
}
