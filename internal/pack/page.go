package pack

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"arshjul/domain"
)

// pageVersion is raised when the page of the same pack becomes another: then older packs keep theirs, unchecked.
const pageVersion = 1

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is the page that explains the pack and tells what happened, in Swedish. It follows from the rest of the pack, so
// that Verify can see that nobody has changed its words.
func (t *told) page() ([]byte, error) {
	body := struct {
		Title, Stream, Log, Newest string
		Exercise                   bool
		Size, Shown, Own           int
		Steps, Files, Texts, Runs  int
		Checkpoints                int
		Keys                       []string
		Days                       []pageDay
		Left                       int // reminders that are not told
		Documents                  []pageFile
		Example                    string
	}{Stream: t.src.Stream, Log: domain.LogOf(t.src.Stream), Size: len(t.src.Hashes), Shown: len(t.src.Entries), Files: len(t.src.Files),
		Texts: len(t.src.Texts), Runs: len(t.src.Histories), Checkpoints: len(t.checkpoints)}
	body.Exercise = streamKind(t.src.Stream) == "exercise"
	if l := t.launched(); l != nil {
		body.Title, body.Steps = fmt.Sprintf("Mål och ekonomi %d", l.Year), len(l.Steps)
	}
	if n := len(t.checkpoints); n > 0 {
		newest := t.checkpoints[n-1]
		body.Newest = newest.Text()
		body.Keys = newest.signers
	}
	texts := map[domain.TextRef]Text{}
	for _, text := range t.src.Texts {
		texts[text.Commitment] = text
	}
	names := t.names(texts)
	documents := map[domain.Digest]bool{}
	for i := range t.events {
		e := &t.events[i]
		if e.Stream != t.src.Stream {
			continue
		}
		if body.Example == "" {
			body.Example = fmt.Sprint(t.src.Entries[i].Index)
		}
		body.Own++
		if e.Kind == domain.EvReminded {
			body.Left++
			continue
		}
		day := e.At.Date().Swedish()
		if n := len(body.Days); n == 0 || body.Days[n-1].Day != day {
			body.Days = append(body.Days, pageDay{Day: day})
		}
		last := &body.Days[len(body.Days)-1]
		last.Rows = append(last.Rows, t.row(e, t.src.Entries[i].Index, texts, names))
		_, files := Refs(e)
		for _, f := range files {
			if !documents[f] {
				documents[f] = true
				body.Documents = append(body.Documents, pageFile{Name: t.fileName(f), Path: folderFiles + string(f), Entry: t.src.Entries[i].Index})
			}
		}
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, body)
	return b.Bytes(), err
}

type pageDay struct {
	Day  string
	Rows []pageRow
}

type pageRow struct {
	Time, Text, Who string
	Words           []string
	Index, Seq      uint64
	Mark            string
}

type pageFile struct {
	Name, Path string
	Entry      uint64
}

// row tells one entry.
func (t *told) row(e *domain.Event, index uint64, texts map[domain.TextRef]Text, names map[domain.PersonID]string) pageRow {
	r := pageRow{Time: e.At.Time().In(domain.Stockholm).Format("15.04"), Text: domain.Sentence(t.states[e.Stream], e), Index: index, Seq: e.Seq}
	if e.Actor != "" {
		r.Who = string(e.Actor)
		if name := names[e.Actor]; name != "" {
			r.Who = name + " (" + r.Who + ")"
		}
	}
	if e.Text != "" {
		if text := texts[e.Text]; text.Erased {
			r.Words = append(r.Words, "Texten är gallrad.")
		} else {
			r.Words = strings.Split(text.Body, "\n")
		}
	}
	if e.Exception != "" {
		r.Mark = exceptions(e.Exception)
	}
	return r
}

// exceptions are the marks that revisorerna are shown, in words.
func exceptions(marks string) string {
	var words []string
	for _, m := range strings.Split(marks, ",") {
		switch m {
		case domain.ExceptionRegistrarSubmitted:
			m = "den som skrev in beslutet hade själv lämnat in förslaget"
		case domain.ExceptionOldCouncil:
			m = "budgeten fastställdes av det avgående fullmäktige"
		case domain.ExceptionChairInCore:
			m = "ordföranden beslutade i en fråga om mål, inriktning, omfattning eller kvalitet"
		case domain.ExceptionReportedLate:
			m = "beslutet anmäldes inte vid nämndens nästa sammanträde"
		case domain.ExceptionUnexplained:
			m = "beslutet fattades utan nämndens förklaring"
		}
		words = append(words, m)
	}
	return strings.Join(words, "; ")
}

// names are the people's names, as far as they have not been erased.
func (t *told) names(texts map[domain.TextRef]Text) map[domain.PersonID]string {
	names := map[domain.PersonID]string{}
	for i := range t.events {
		e := &t.events[i]
		all := []domain.Binding{}
		switch {
		case e.Founded != nil:
			all = e.Founded.Bindings
		case e.Launched != nil:
			all = e.Launched.Registry.Bindings
		case e.Binding != nil:
			all = append(all, *e.Binding)
		}
		for _, b := range all {
			if name := texts[b.Name]; b.Name != "" && name.Body != "" {
				names[b.Person] = name.Body
			}
		}
	}
	return names
}

func (t *told) fileName(sum domain.Digest) string {
	i := slices.IndexFunc(t.src.Files, func(f File) bool { return f.SHA256 == sum })
	if i < 0 || t.src.Files[i].Name == "" {
		return string(sum)
	}
	return t.src.Files[i].Name
}
