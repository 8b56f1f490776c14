package store

import (
	"context"
	"fmt"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// CycleStatus says whether a cycle goes on.
type CycleStatus string

// The statuses of a cycle.
const (
	CycleOpen      CycleStatus = "open"
	CycleCompleted CycleStatus = "completed"
	CycleCancelled CycleStatus = "cancelled"
)

// Cycle is a cycle as it stands in lists.
type Cycle struct {
	Stream   string `db:"stream"`
	Kommun   string `db:"kommun"`
	Year     int    `db:"year"`
	Exercise int    `db:"exercise"` // 0 = the real cycle
	// Source is the stream whose registry holds for the cycle: the municipality's, or the exercise's own.
	Source       string         `db:"source"`
	WheelName    string         `db:"wheel_name"`
	WheelVersion int            `db:"wheel_version"`
	WheelHash    domain.Digest  `db:"wheel_hash"`
	Status       CycleStatus    `db:"status"`
	Stage        domain.Stage   `db:"stage"`
	Clock        domain.Instant `db:"clock"`     // exercises
	ClockDay     domain.Date    `db:"clock_day"` // exercises
	Seq          uint64         `db:"seq"`       // of the last event journalled
	Head         domain.Digest  `db:"head"`
	Registry     uint64         `db:"registry"` // the last registry change received
	NextDue      domain.Instant `db:"next_due"` // when something next falls due by itself; an exercise's advance goes there
	StepsTotal   int            `db:"steps_total"`
	StepsDone    int            `db:"steps_done"`
	StepsLate    int            `db:"steps_late"`
	LaunchedAt   domain.Instant `db:"launched_at"` // on the cycle's clock
}

// Step is a step as it stands in lists.
type Step struct {
	Stream    string           `db:"stream"`
	ID        domain.StepID    `db:"id,key"`
	Place     int              `db:"place"` // in the order of the wheel, then of the units
	Def       string           `db:"def"`
	Title     string           `db:"title"` // of the definition, without the unit
	Unit      domain.UnitID    `db:"unit"`
	UnitName  string           `db:"unit_name"`
	Stage     domain.Stage     `db:"stage"`
	Act       domain.Act       `db:"act"`
	Status    domain.Status    `db:"status"`
	Round     int              `db:"round"`
	Opens     domain.Date      `db:"opens"`
	Plan      domain.Date      `db:"plan"`      // senast
	PlanRule  string           `db:"plan_rule"` // as the wheel says it
	Extended  bool             `db:"extended"`
	Legal     domain.Date      `db:"legal"` // lagens gräns
	Meeting   domain.MeetingID `db:"meeting"`
	Late      bool             `db:"late"`
	Done      bool             `db:"done"`
	Version   domain.Digest    `db:"version"` // the current submission
	VersionNo int              `db:"version_no"`
}

// Task is something that a cycle waits for somebody to do.
type Task struct {
	Stream  string             `db:"stream"`
	Step    domain.StepID      `db:"step,key"`
	Command domain.CommandKind `db:"command,key"`
	Role    domain.RoleID      `db:"role"`
	Unit    domain.UnitID      `db:"unit"`    // where the role is held
	Barred  domain.PersonID    `db:"barred"`  // may not do it although holding the role
	Meeting domain.MeetingID   `db:"meeting"` // confirm-meeting: which
	Due     domain.Date        `db:"due"`
	Late    bool               `db:"late"`
	Since   domain.Date        `db:"since"` // the day on which its step came to wait for it
}

// Unit is a unit of a registry. Source is the registry's stream, or the exercise's.
type Unit struct {
	Source   string          `db:"source"`
	ID       domain.UnitID   `db:"id,key"`
	Place    int             `db:"place"`
	Kind     domain.UnitKind `db:"kind"`
	Name     string          `db:"name"`
	ServedBy domain.UnitID   `db:"served_by"`
	Plans    bool            `db:"plans"`
	Note     string          `db:"note"`
	From     domain.Date     `db:"first_day"`
	To       domain.Date     `db:"last_day"`
}

// Binding is a role that a person holds.
type Binding struct {
	Source string          `db:"source"`
	Number uint64          `db:"number,key"`
	Person domain.PersonID `db:"person"`
	Name   domain.TextRef  `db:"name"`
	Role   domain.RoleID   `db:"role"`
	Unit   domain.UnitID   `db:"unit"`
	From   domain.Date     `db:"first_day"`
	To     domain.Date     `db:"last_day"`
}

// Substitute acts for the holder of the binding with that number.
type Substitute struct {
	Source  string          `db:"source"`
	Number  uint64          `db:"number,key"`
	Binding uint64          `db:"binding"`
	Person  domain.PersonID `db:"person"`
	From    domain.Date     `db:"first_day"`
	To      domain.Date     `db:"last_day"`
}

// Exclusion (jäv) keeps a person from steps.
type Exclusion struct {
	Source string          `db:"source"`
	Number uint64          `db:"number,key"`
	Person domain.PersonID `db:"person"`
	Year   int             `db:"year"`
	Def    string          `db:"def"`
	Unit   domain.UnitID   `db:"unit"`
	Reason domain.TextRef  `db:"reason"`
	// Replacement has stepped in; "" = nobody.
	Replacement domain.PersonID `db:"replacement"`
}

// Meeting is a dated meeting of a body.
type Meeting struct {
	Source string               `db:"source"`
	ID     domain.MeetingID     `db:"id,key"`
	Unit   domain.UnitID        `db:"unit"`
	Date   domain.Date          `db:"day"`
	Status domain.MeetingStatus `db:"status"`
}

var (
	cycles      = newTable("cycle", func(v *shown) *[]Cycle { return &v.cycles })
	steps       = newTable("step", func(v *shown) *[]Step { return &v.steps })
	tasks       = newTable("task", func(v *shown) *[]Task { return &v.tasks })
	units       = newTable("unit", func(v *shown) *[]Unit { return &v.units })
	bindings    = newTable("binding", func(v *shown) *[]Binding { return &v.bindings })
	substitutes = newTable("substitute", func(v *shown) *[]Substitute { return &v.substitutes })
	exclusions  = newTable("exclusion", func(v *shown) *[]Exclusion { return &v.exclusions })
	meetings    = newTable("meeting", func(v *shown) *[]Meeting { return &v.meetings })
)

// readModel is every table that is computed from a stream's state.
var readModel = []interface {
	fmt.Stringer
	load(ctx context.Context, db querier, stream string, into *shown) error
	sync(batch *pgx.Batch, old, new *shown) (rows int)
	differ(has, want *shown) []string
}{cycles, steps, tasks, units, bindings, substitutes, exclusions, meetings}
