package mail

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

const base = "https://arshjul.exempel.invalid"

// items tells those of the notices that go to a person.
func (d *desk) items(to domain.PersonID, today domain.Date, told []domain.Notice) (items []Item) {
	d.t.Helper()
	for _, n := range told {
		if n.Person == to {
			items = append(items, itemOf(d.state, &store.Notice{Stream: d.state.Stream, Day: n.Day, Step: n.Step, Command: n.Command, Person: n.Person,
				Role: n.Role, Unit: n.Unit, Due: n.Due, Rung: n.Rung, Change: n.Change, Was: n.Was, Sat: n.Sat, Escalate: n.Escalate, Urgent: n.Urgent}, today, base))
		}
	}
	if len(items) == 0 {
		d.t.Fatalf("%s is told nothing: %+v", to, told)
	}
	return items
}

func TestLetters(t *testing.T) {
	t.Parallel()
	real := launched(t, nil, 0)
	told := real.until("2027-03-16") // ten working days before 31 March; Easter is in between
	reminder := real.items(leader, "2027-03-16", told)
	real.now = domain.Date("2027-03-17").Start()
	chiefs := real.items(chief, "2027-03-17", real.do(submit("forslag/SN", leader)))
	urgent := real.items(leader, "2027-04-01", real.until("2027-04-01"))
	escalated := real.items(city, "2027-04-07", real.until("2027-04-07"))
	begun := launched(t, nil, 1)
	first := domain.Notices(domain.Waits{}, begun.state, []domain.Event{{Seq: begun.state.Seq, At: begun.state.Now}})

	moved := launched(t, nil, 0)
	moved.until("2027-03-18")
	extended := moved.items(leader, "2027-03-18", moved.do(domain.Command{Kind: domain.CmdExtend, Actor: city, Step: "forslag/SN", Date: "2027-04-09", Text: domain.TextRef(domain.DigestOf(nil))}))
	kf := launched(t, nil, 1)
	at := domain.Command{Kind: domain.CmdMoveMeeting, Actor: registrar, NewMeeting: &domain.Meeting{ID: "KF-1", Date: "2027-06-21"}, Text: domain.TextRef(domain.DigestOf(nil))}
	meeting := kf.items("p-slf-processledare", "2026-12-01", kf.do(at))
	kf.do(submit("kf/KF", "p-slf-processledare"))
	kf.do(domain.Command{Kind: domain.CmdReady, Actor: "p-slf-forvaltningschef", Step: "kf/KF", Version: kf.state.Cycle.Step("kf/KF").Submission.Hash})
	at.NewMeeting = &domain.Meeting{ID: "KF-1", Date: "2027-06-14"}
	ahead := kf.items("p-kf-sekreterare", "2026-12-01", kf.do(at))
	kf.do(domain.Command{Kind: domain.CmdConfirmMeeting, Actor: registrar, NewMeeting: &domain.Meeting{ID: "KF-1"}})
	for !kf.state.Cycle.Step("kf/KF").MeetingDay {
		kf.do(domain.Command{Kind: domain.CmdAdvance, Actor: launcher})
	}
	returned := kf.items("p-slf-processledare", "2027-06-14", kf.do(domain.Command{Kind: domain.CmdDecide, Actor: "p-kf-sekreterare", Step: "kf/KF", Meeting: "KF-1", Paragraph: "90",
		Version: kf.state.Cycle.Step("kf/KF").Submission.Hash, Outcome: domain.OutcomeReturned, Record: &domain.Record{Class: domain.ClassMajority}, Text: domain.TextRef(domain.DigestOf(nil))}))

	near := launched(t, nil, 0)
	told = near.until("2027-10-31") // 30 days before KF must have decided
	alarm := append(near.items("p-slf-processledare", "2027-10-31", told), near.items(city, "2027-10-31", told)...)

	for name, c := range map[string]Contents{
		"flyttad-dag":         {Items: extended, Choice: base + "/utskick"},
		"flyttat-sammantrade": {Items: meeting, Exercise: true},
		"flyttat-beslut":      {Items: ahead, Exercise: true},
		"lagens-grans":        {Items: alarm, Choice: base + "/utskick"},
		"aterremiss":          {Items: returned, Exercise: true},
		"paminnelse":          {Items: reminder, Choice: base + "/utskick"},
		"ny-uppgift":          {Items: chiefs, Choice: base + "/utskick"},
		"brattom":             {Items: urgent, Choice: base + "/utskick"},
		"eskalering":          {Items: escalated, Choice: base + "/utskick"},
		"samlat":              {Items: append(append(append([]Item{}, reminder[:1]...), chiefs...), escalated...), Choice: base + "/utskick"},
		"ovning":              {Items: begun.items(leader, "2026-12-01", first), Exercise: true},
		"sammantrade":         {Items: begun.items(registrar, "2026-12-01", first), Exercise: true},
	} {
		t.Run(name, func(t *testing.T) {
			l := Compose(c)
			golden(t, name+".txt", "Ämne: "+l.Subject+"\n\n"+l.Text)
			golden(t, name+".html", l.HTML)
			checkLetter(t, l, c)
		})
	}
}

// checkLetter holds a letter to what is promised of every one.
func checkLetter(t *testing.T, l Letter, c Contents) {
	t.Helper()
	if c.Exercise != strings.HasPrefix(l.Subject, "ÖVNING: ") || c.Exercise != strings.Contains(l.Text, "ÖVNING.") || c.Exercise != strings.Contains(l.HTML, "ÖVNING.") {
		t.Error("an exercise's mail says that it is one, in subject, text and page, and no other does")
	}
	if strings.ContainsAny(l.Subject, "\r\n") {
		t.Errorf("the subject has line breaks: %q", l.Subject)
	}
	doc, err := html.Parse(strings.NewReader(l.HTML))
	if err != nil {
		t.Fatal(err)
	}
	var lang string
	var headings, links int
	for _, colour := range colours.FindAllStringSubmatch(l.HTML, -1) {
		if c := contrast(t, colour[1], "ffffff"); c < 4.5 {
			t.Errorf("#%s on white has the contrast %.1f", colour[1], c)
		}
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "html":
				lang = attribute(n, "lang")
			case "h1", "h2":
				headings++
			case "a":
				links++
				if text := textOf(n); strings.Contains(text, "http") || len(strings.Fields(text)) < 2 {
					t.Errorf("a link is words: %q", text)
				}
			case "form", "button", "input", "script", "img", "iframe", "link":
				t.Errorf("a mail has no <%s>", n.Data)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	if lang != "sv" || headings != 1+len(c.Items) {
		t.Errorf("lang %q, %d headings for %d things", lang, headings, len(c.Items))
	}
	for _, i := range c.Items {
		for _, text := range []string{l.Text, textOf(doc)} {
			for _, says := range []string{i.Do, i.Why, i.Rule, i.Stops} {
				if says == "" || !strings.Contains(text, says) {
					t.Errorf("the mail does not say %q", says)
				}
			}
		}
		if !strings.Contains(l.Text, i.URL) {
			t.Errorf("the text has no address for %s", i.Do)
		}
	}
	if got, want := links, len(c.Items); (c.Exercise && got != want) || (!c.Exercise && got != want+1) {
		t.Errorf("%d links for %d things", got, want)
	}
}

var colours = regexp.MustCompile(`[ "]color: #([0-9a-f]{6})`)

// contrast is that of WCAG 2.1 between two colours.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	light := func(hex string) float64 {
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
			if err != nil {
				t.Fatal(err)
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
	x, y := light(a)+0.05, light(b)+0.05
	return max(x, y) / min(x, y)
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var all strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		all.WriteString(textOf(c))
	}
	return all.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is now\n%s\nand was\n%s", name, got, want)
	}
}

// Every command that somebody can wait for has words.
func TestEveryTaskHasWords(t *testing.T) {
	t.Parallel()
	for _, row := range domain.CommandTable {
		d, ok := deeds[row.Kind]
		if ok && !strings.HasPrefix(row.Says, strings.TrimRight(d.do, ": ")) {
			t.Errorf("%s: the mail says %q and the button %q", row.Kind, d.do, row.Says)
		}
		if !ok && !slices.Contains(neverATask, row.Kind) {
			t.Errorf("%s has no words", row.Kind)
		}
	}
}

// neverATask are the commands that no cycle waits for.
var neverATask = []domain.CommandKind{domain.CmdLaunch, domain.CmdTakeBack, domain.CmdProceed, domain.CmdExtend, domain.CmdComment, domain.CmdVoid, domain.CmdObserve, domain.CmdSupplement,
	domain.CmdCorrect, domain.CmdCancel, domain.CmdBatch, domain.CmdAdvance, domain.CmdChanges, domain.CmdFound, domain.CmdSetUnit, domain.CmdBind,
	domain.CmdUnbind, domain.CmdSubstitute, domain.CmdExclude, domain.CmdAddMeeting, domain.CmdMoveMeeting, domain.CmdCancelMeeting, domain.CmdOrder,
	domain.CmdConfirmOrder, domain.CmdInstead, domain.CmdAppeal, domain.CmdInForce, domain.CmdOverturn, domain.CmdAnnounce,
	domain.CmdRuleExclusion, domain.CmdNoteDeficit, domain.CmdFollowDeficit, domain.CmdCarryOver, domain.CmdRevise, domain.CmdDeclareEpoch, domain.CmdConfirmEpoch,
	domain.CmdErase, domain.CmdConfirmErase}
