package api

import "arshjul/domain"

// CycleHead is a cycle in a list.
type CycleHead struct {
	Stream   string         `json:"stream" doc:"cycle/1283/2028, or exercise/1283/2028/1."`
	Title    string         `json:"title"`
	Kommun   string         `json:"kommun"`
	Year     int            `json:"year"`
	Exercise int            `json:"exercise,omitempty" doc:"The exercise's number; none for the real cycle."`
	Status   string         `json:"status" enum:"pågår,avslutad,avbruten"`
	Today    domain.Date    `json:"today" doc:"The day on the cycle's clock."`
	Steps    int            `json:"steps"`
	Done     int            `json:"done" doc:"Steps that are done, those that fell among them."`
	Late     int            `json:"late"`
	Entries  uint64         `json:"entries" doc:"Entries in the cycle's stream."`
	Next     domain.Instant `json:"next,omitempty" doc:"When the next thing falls due; an exercise gets there by advance."`
	NextStep string         `json:"next_step,omitempty" doc:"The step that is due first, in Swedish."`
	Wheel    string         `json:"wheel" doc:"The wheel's name and version."`
	WheelSHA string         `json:"wheel_sha256" doc:"The hash by which the cycle pins the wheel."`
}

// The statuses of a cycle.
const (
	CycleOpen      = "pågår"
	CycleEnded     = "avslutad"
	CycleCancelled = "avbruten"
)

// Cycles is every cycle and exercise, newest first.
type Cycles struct {
	Cycles []CycleHead `json:"cycles"`
}

// Cycle is a cycle with all its steps.
type Cycle struct {
	CycleHead
	Rows []StepRow `json:"rows"`
	// Deficits and Carried come from other cycles, through the registry.
	Deficits []domain.Deficit   `json:"deficits,omitempty" doc:"Negative balanskravsresultat of this year and the three before; amounts in öre."`
	Carried  []domain.CarryOver `json:"carried,omitempty" doc:"What was moved into this budget year from the one before, per nämnd; in öre."`
	Signed   *Signed            `json:"signed,omitempty" doc:"How far the cycle's log is signed; none when no signer has seen it."`
}

// Signed is how far a log is signed.
type Signed struct {
	Size    uint64         `json:"size" doc:"Entries that the newest checkpoint covers."`
	At      domain.Instant `json:"at" doc:"When it was signed, as the database says."`
	Epoch   int            `json:"epoch" doc:"1, and one more for each time that two persons have declared that signed entries were lost."`
	Waiting uint64         `json:"waiting" doc:"Entries that are not signed yet."`
}

// StepRow is a step in a list or matrix.
type StepRow struct {
	Step     domain.StepID    `json:"step"`
	Title    string           `json:"title"`
	Def      string           `json:"def"`
	DefTitle string           `json:"def_title"`
	Unit     domain.UnitID    `json:"unit"`
	UnitName string           `json:"unit_name"`
	Status   domain.Status    `json:"status"`
	Word     string           `json:"word" doc:"The status in Swedish."`
	Done     bool             `json:"done,omitempty"`
	Late     bool             `json:"late,omitempty"`
	Round    int              `json:"round" doc:"From 1; an återremiss begins the next."`
	Opens    domain.Date      `json:"opens,omitempty"`
	Plan     domain.Date      `json:"plan" doc:"Senast."`
	Legal    domain.Date      `json:"legal,omitempty" doc:"Lagens gräns."`
	Meeting  domain.MeetingID `json:"meeting,omitempty" doc:"The meeting that the plan day hangs on."`
}

// Steps is every step of a cycle.
type Steps struct {
	Steps []StepRow `json:"steps"`
}

// Step is one step with all that stands around it.
type Step struct {
	StepRow
	Stream      string            `json:"stream"`
	Exercise    int               `json:"exercise,omitempty"`
	Today       domain.Date       `json:"today"`
	Act         domain.Act        `json:"act"`
	Rule        string            `json:"rule,omitempty" doc:"The rule that the plan day comes from."`
	Source      string            `json:"source,omitempty" doc:"Where the step's row in the wheel comes from."`
	Unverified  bool              `json:"unverified,omitempty" doc:"Something in the row could not be confirmed: ej verifierat."`
	Law         string            `json:"law,omitempty" doc:"What the law says, when it limits the step."`
	Instruction string            `json:"instruction,omitempty" doc:"The motivering of the återremiss that began this round."`
	Gate        []Condition       `json:"gate"`
	Wants       []WantedDocument  `json:"wants" doc:"The documents that a submission must or may carry."`
	WantsFields []WantedField     `json:"wants_fields" doc:"The fields that a submission must or may carry."`
	Figures     []WantedFigure    `json:"wants_figures,omitempty" doc:"The amounts that a submission must or may carry."`
	WantsAims   bool              `json:"wants_aims,omitempty" doc:"A submission may carry inriktning and mål."`
	Divergences []string          `json:"divergences,omitempty" doc:"Where the version, or the decision, is not what the nämnder decided, with both figures. Who marks it klar för beslut answers for it in the command's text."`
	Remarks     []string          `json:"remarks,omitempty" doc:"What to see in the figures and mål, which stops nothing: deviations from the frame, too many mål, preliminary mål."`
	Revisions   []Revision        `json:"revisions,omitempty" doc:"KF's later decisions on frames and mål."`
	To          []domain.UnitID   `json:"to,omitempty" doc:"The units that the wheel says are to receive what is handed over, every one of them."`
	Version     *Version          `json:"version,omitempty" doc:"What was submitted last."`
	Held        []Field           `json:"held,omitempty" doc:"The fields filled in when the dialog or meeting was held."`
	Decision    *domain.Decision  `json:"decision,omitempty"`
	Matter      domain.Matter     `json:"matter,omitempty" doc:"What the step is in the closing, when the law ties it to others: delarsgranskning, revisionsberattelse, arsredovisning, forklaring, ansvarsfrihet."`
	Review      *AuditReview      `json:"review,omitempty" doc:"What revisorerna stated, on the step of their granskning."`
	Statement   *Statement        `json:"statement,omitempty" doc:"On ansvarsfrihet and förklaring: what revisorerna stated of the nämnd."`
	SueBy       domain.Date       `json:"sue_by,omitempty" doc:"Ansvarsfrihet was refused: the last day to sue (KL 5:25)."`
	Boards      []domain.UnitID   `json:"boards,omitempty" doc:"On the granskning of the årsredovisning: the nämnder that KF decides on ansvarsfrihet for."`
	Items       []domain.Item     `json:"items,omitempty" doc:"Att-satser that were decided each for itself."`
	Owes        bool              `json:"owes,omitempty" doc:"The next version must answer the instruction, in the command's text."`
	AppealEnds  domain.Date       `json:"appeal_ends,omitempty" doc:"The last day on which the decision can be appealed, computed (KL 13:5)."`
	Force       domain.Force      `json:"force,omitempty" doc:"What a person noted of it: overklagad or laga_kraft."`
	Overturned  []domain.Decision `json:"overturned,omitempty" doc:"Earlier decisions that a court has set aside."`
	Marks       []domain.Mark     `json:"marks,omitempty"`
	History     []Sentence        `json:"history"`
	Commands    []Offer           `json:"commands" doc:"What who asks may do now."`
	Waits       []Task            `json:"waits" doc:"What the step waits for people to do."`
}

// Condition is one condition of a gate.
type Condition struct {
	Step   domain.StepID `json:"step"`
	Title  string        `json:"title"`
	At     domain.Status `json:"at" doc:"The status it must have reached."`
	Word   string        `json:"word" doc:"That status in Swedish."`
	Met    bool          `json:"met"`
	Waived bool          `json:"waived,omitempty" doc:"Somebody went on without it."`
	Seq    uint64        `json:"seq,omitempty" doc:"The entry that met it."`
}

// WantedDocument is a document that a submission must or may carry.
type WantedDocument struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Required bool     `json:"required,omitempty"`
	Headings []string `json:"headings,omitempty" doc:"The headings that the document must have."`
}

// WantedField is a field that a submission must or may carry.
type WantedField struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Required bool   `json:"required,omitempty"`
}

// WantedFigure is an amount that a submission must or may carry.
type WantedFigure struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Unit     domain.UnitID  `json:"unit,omitempty"`
	UnitName string         `json:"unit_name,omitempty"`
	Means    domain.Meaning `json:"means,omitempty" enum:"ram,total,internbudget,prognos,utfall"`
	Required bool           `json:"required,omitempty"`
	Suggest  string         `json:"suggest,omitempty" doc:"What it should be by what others have decided, such as 723,5 mnkr; none means that nobody knows yet."`
}

// Revision is a later decision of KF on frames or mål, which holds from a day on.
type Revision struct {
	No        int              `json:"no" doc:"2 for the first."`
	From      domain.Date      `json:"from"`
	Date      domain.Date      `json:"date" doc:"Of the decision."`
	Meeting   domain.MeetingID `json:"meeting"`
	Paragraph string           `json:"paragraph"`
	Seq       uint64           `json:"seq"`
	Figures   []Amount         `json:"figures,omitempty" doc:"Those that are other than before, in full."`
	Aims      int              `json:"aims,omitempty" doc:"How many inriktningar and mål were decided."`
}

// Version is what was submitted.
type Version struct {
	No        int               `json:"no"`
	Hash      domain.Digest     `json:"hash"`
	By        domain.PersonID   `json:"by"`
	Seq       uint64            `json:"seq"`
	Reference string            `json:"reference,omitempty"`
	Documents []VersionDocument `json:"documents,omitempty"`
	Fields    []Field           `json:"fields,omitempty"`
	Figures   []Amount          `json:"figures,omitempty" doc:"Its amounts; those of the decision, when the body decided others."`
	Aims      []Aim             `json:"aims,omitempty"`
}

// VersionDocument is a document of a version.
type VersionDocument struct {
	Def      string        `json:"def"`
	Title    string        `json:"title"`
	SHA256   domain.Digest `json:"sha256,omitempty"`
	Size     int64         `json:"size,omitempty" doc:"Bytes that the store holds."`
	Link     string        `json:"link,omitempty"`
	FileLess bool          `json:"file_less,omitempty" doc:"A link without bytes: utan fil."`
}

// Sentence is one entry of a history, told in Swedish without names.
type Sentence struct {
	Seq    uint64          `json:"seq"`
	Index  uint64          `json:"index"`
	At     domain.Instant  `json:"at"`
	Actor  domain.PersonID `json:"actor,omitempty"`
	Text   string          `json:"text"`
	Plain  string          `json:"plain,omitempty" doc:"The reason, notes or comment; gone once erased."`
	Erased bool            `json:"erased,omitempty"`
}

// Offer is a command that somebody may give now.
type Offer struct {
	Kind  domain.CommandKind `json:"kind"`
	Title string             `json:"title" doc:"In Swedish, as on the button."`
	Must  []string           `json:"must" doc:"The members that the command must have."`
	May   []string           `json:"may,omitempty" doc:"The members that it may have."`
}

// Task is something that a cycle waits for somebody to do.
type Task struct {
	Stream   string             `json:"stream"`
	Exercise int                `json:"exercise,omitempty"`
	Step     domain.StepID      `json:"step"`
	Title    string             `json:"title"`
	Command  domain.CommandKind `json:"command"`
	Do       string             `json:"do" doc:"What is to be done, in Swedish."`
	Role     domain.RoleID      `json:"role"`
	Unit     domain.UnitID      `json:"unit" doc:"Where the role is held."`
	Meeting  domain.MeetingID   `json:"meeting,omitempty" doc:"The meeting that is to be confirmed, or at which what is to be written down was decided or reported."`
	Version  domain.Digest      `json:"version,omitempty" doc:"What was submitted last: the version to act on."`
	To       []domain.UnitID    `json:"to,omitempty" doc:"hand-over: the units that are to receive it."`
	Due      domain.Date        `json:"due,omitempty"`
	Late     bool               `json:"late,omitempty"`
	People   []domain.PersonID  `json:"people" doc:"Who may do it today: holders and substitutes who are neither excluded nor barred."`
}

// Tasks is a list of tasks, the late first, then by day.
type Tasks struct {
	Person domain.PersonID `json:"person,omitempty" doc:"Whose list it is; none for a cycle's."`
	Tasks  []Task          `json:"tasks"`
}
