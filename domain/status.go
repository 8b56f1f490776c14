package domain

// Status is where a step is in its life.
type Status string

// The statuses. Which of them a step passes follows from its act and body (lives.go).
const (
	StatusWaiting     Status = "waiting"     // väntar
	StatusOpen        Status = "open"        // öppen
	StatusSubmitted   Status = "submitted"   // inlämnad
	StatusReady       Status = "ready"       // klar för beslut
	StatusDecided     Status = "decided"     // beslutad
	StatusAdjusted    Status = "adjusted"    // justerad
	StatusPosted      Status = "posted"      // anslagen
	StatusHandedOver  Status = "handed_over" // överlämnad
	StatusEstablished Status = "established" // fastställd
	StatusFinalised   Status = "finalised"   // färdigställt
	StatusHeld        Status = "held"        // genomförd
	StatusReported    Status = "reported"    // anmäld
	StatusReviewed    Status = "reviewed"    // avgiven
	StatusPublished   Status = "published"   // publicerad
	StatusReturned    Status = "returned"    // återremitterad
	StatusRejected    Status = "rejected"    // avslagen
	StatusTabled      Status = "tabled"      // bordlagd
	StatusVoid        Status = "void"        // utgår
	StatusBefore      Status = "before"      // klart före start
)

// Statuses lists every status with the Swedish word for it, in the order of a life.
var Statuses = []StatusWord{
	{StatusWaiting, "väntar"}, {StatusOpen, "öppen"}, {StatusSubmitted, "inlämnad"},
	{StatusReady, "klar för beslut"}, {StatusDecided, "beslutad"}, {StatusAdjusted, "justerad"},
	{StatusPosted, "anslagen"}, {StatusHandedOver, "överlämnad"}, {StatusEstablished, "fastställd"},
	{StatusFinalised, "färdigställt"}, {StatusHeld, "genomförd"}, {StatusReported, "anmäld"},
	{StatusReviewed, "avgiven"}, {StatusPublished, "publicerad"}, {StatusReturned, "återremitterad"},
	{StatusRejected, "avslagen"}, {StatusTabled, "bordlagd"}, {StatusVoid, "utgår"}, {StatusBefore, "klart före start"},
}

// StatusWord is a status and what people call it.
type StatusWord struct {
	Status Status
	Word   string
}

// Swedish is the word a person reads.
func (s Status) Swedish() string {
	for _, w := range Statuses {
		if w.Status == s {
			return w.Word
		}
	}
	return string(s)
}
