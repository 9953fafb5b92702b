package stylize

import "easel/internal/model/style"

// Kind says what an event reports, which determines the fields that are set.
type Kind string

// The kinds.
const (
	// Warned has a Text; the run continues.
	Warned Kind = "warning"
	// Planned comes once, before the first iteration, with the Plan.
	Planned Kind = "plan"
	// Staged begins a stage: Stage, Width, Height, Iterations.
	Staged Kind = "stage"
	// Iterated is one evaluation: Losses, Seconds, SecondsLeft, and Status if it was not a
	// step forward.
	Iterated Kind = "iteration"
	// Pictured has the Path of an intermediate picture.
	Pictured Kind = "picture"
	// Saved has the Path of a checkpoint.
	Saved Kind = "checkpoint"
	// Ended comes once, with the Path of the result, if one was written, and its Losses.
	Ended Kind = "end"
)

// Event is an iteration of a run, or something between two iterations. Its JSON form is a
// line of easel stylize --json.
type Event struct {
	Kind Kind `json:"event"`
	// Stage of Stages, counted from 1, with pictures of Width×Height.
	Stage  int `json:"stage,omitempty"`
	Stages int `json:"stages,omitempty"`
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// Iteration of Iterations in the stage, counted from 1, and Done of Total in the run.
	Iteration  int `json:"iteration,omitempty"`
	Iterations int `json:"iterations,omitempty"`
	Done       int `json:"done,omitempty"`
	Total      int `json:"total,omitempty"`

	Losses *Losses `json:"losses,omitempty"`
	// Status is "retreated" if the picture was worse than the previous one, to which the
	// run returned, and "converged" if the stage ends early.
	Status string `json:"status,omitempty"`

	// Seconds since the start, over all sessions of the run, and an estimate of the seconds
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
	// Temporal is how far a frame is from the one before; pictures have none.
	Temporal float64 `json:"temporal,omitempty"`
	// Layers are the parts of Content and Style, such as style/relu1_1.
	Layers map[string]float64 `json:"layers,omitempty"`
}

func lossesOf(l style.Losses) *Losses {
	return &Losses{Total: l.Total, Content: l.Content, Style: l.Style, Variation: l.Variation, Temporal: l.Temporal, Layers: l.Layers}
}

// Plan describes what a run will do.
type Plan struct {
	// Network says which weights are used; Random says whether they are untrained, and Small
	// whether they are those in easel.
	Network string `json:"network"`
	Random  bool   `json:"random"`
	Small   bool   `json:"small,omitempty"`
	// Stages in order.
	Stages []Stage `json:"stages"`
	// Memory is what the largest stage needs, and Allowed the limit, in bytes.
	Memory  int64 `json:"memory_bytes"`
	Allowed int64 `json:"allowed_bytes"`
	// History is how many pairs L-BFGS keeps: fewer than asked for if memory is short.
	History int `json:"history,omitempty"`
	// Resumed says that the run continues after Done iterations.
	Resumed bool `json:"resumed"`
	Done    int  `json:"done"`

	work float64 // of all iterations, in the unit of Stage.work
}

// Stage is one size of the picture.
type Stage struct {
	Width      int `json:"width"`
	Height     int `json:"height"`
	Iterations int `json:"iterations"`
	// Tiles is how the picture is cut; 1×1 means not at all.
	Tiles style.Layout `json:"tiles"`
	// Memory is what the stage needs, in bytes.
	Memory int64 `json:"memory_bytes"`

	work float64 // of an iteration: style.Network.Work
}

// Result is the outcome of a run.
type Result struct {
	// Losses of the result.
	Losses Losses `json:"losses"`
	// Iterations of the run, and Seconds over all its sessions.
	Iterations int     `json:"iterations"`
	Seconds    float64 `json:"seconds"`
	Width      int     `json:"width"`
	Height     int     `json:"height"`
}
