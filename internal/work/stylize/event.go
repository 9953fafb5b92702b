package stylize

import "easel/internal/model/style"

// Kind says what an event reports, and so which of its fields are set.
type Kind string

// The kinds.
const (
	// Warned has a Text; the run goes on.
	Warned Kind = "warning"
	// Planned comes once, before the first iteration, with the Plan.
	Planned Kind = "plan"
	// Staged begins a stage: Stage, Width, Height, Iterations.
	Staged Kind = "stage"
	// Iterated is one evaluation: Losses, Seconds, SecondsLeft, and Status if
	// it was no step forward.
	Iterated Kind = "iteration"
	// Pictured has the Path of a picture on the way.
	Pictured Kind = "picture"
	// Saved has the Path of a checkpoint.
	Saved Kind = "checkpoint"
	// Ended comes once, with the Path of the result, if it was written, and the
	// Losses of it.
	Ended Kind = "end"
)

// Event is one iteration of a run, or something that happened between two.
// The JSON form is a line of easel stylize --json.
type Event struct {
	Kind Kind `json:"event"`
	// Stage of Stages, the first being 1, of pictures of Width×Height.
	Stage  int `json:"stage,omitempty"`
	Stages int `json:"stages,omitempty"`
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// Iteration of Iterations in the stage, the first being 1, and Done of Total
	// in the run.
	Iteration  int `json:"iteration,omitempty"`
	Iterations int `json:"iterations,omitempty"`
	Done       int `json:"done,omitempty"`
	Total      int `json:"total,omitempty"`

	Losses *Losses `json:"losses,omitempty"`
	// Status is "retreated" where the picture was worse than the one before,
	// which is then gone back to, and "converged" where the stage ends early.
	Status string `json:"status,omitempty"`

	// Seconds since the run began, over all sittings, and about how many are
	// left.
	Seconds     float64 `json:"seconds,omitempty"`
	SecondsLeft float64 `json:"seconds_left,omitempty"`

	Path string `json:"path,omitempty"`
	Text string `json:"text,omitempty"`
	Plan *Plan  `json:"plan,omitempty"`
}

// Losses are the parts of the objective at a picture, with their weights.
type Losses struct {
	Total     float64 `json:"total"`
	Content   float64 `json:"content"`
	Style     float64 `json:"style"`
	Variation float64 `json:"tv"`
	// Layers are the parts of Content and Style, as style/relu1_1.
	Layers map[string]float64 `json:"layers,omitempty"`
}

func lossesOf(l style.Losses) *Losses {
	return &Losses{Total: l.Total, Content: l.Content, Style: l.Style, Variation: l.Variation, Layers: l.Layers}
}

// Plan describes what a run will do.
type Plan struct {
	// Network says which weights are used; Random whether they were never
	// trained.
	Network string `json:"network"`
	Random  bool   `json:"random"`
	// Stages in their order.
	Stages []Stage `json:"stages"`
	// Memory is what the largest stage will take, and Allowed what may be
	// taken, in bytes.
	Memory  int64 `json:"memory_bytes"`
	Allowed int64 `json:"allowed_bytes"`
	// Resumed says that the run goes on after Done iterations.
	Resumed bool `json:"resumed"`
	Done    int  `json:"done"`
}

// Stage is one size of the picture.
type Stage struct {
	Width      int `json:"width"`
	Height     int `json:"height"`
	Iterations int `json:"iterations"`
	// Tiles is how the picture is cut, 1×1 if it is not.
	Tiles style.Layout `json:"tiles"`
	// Memory is what the stage takes, in bytes.
	Memory int64 `json:"memory_bytes"`
}

// Result is the outcome of a run.
type Result struct {
	// Losses of the result.
	Losses Losses `json:"losses"`
	// Iterations that were done, Seconds over all sittings.
	Iterations int     `json:"iterations"`
	Seconds    float64 `json:"seconds"`
	Width      int     `json:"width"`
	Height     int     `json:"height"`
}
