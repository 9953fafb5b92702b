package verbs

import (
	"context"
	"encoding/json"
	"path/filepath"

	"easel/internal/base/hint"
	"easel/internal/data/prepare"
	"easel/internal/work/inspection"
	"easel/internal/work/jobs"
)

// InspectionFolder is where an inspection is, among the job's files.
const InspectionFolder = "inspection"

// inspectOptions are those of easel prepare inspect.
type inspectOptions struct {
	Data    string `json:"data"`
	Pairs   string `json:"pairs"`
	Similar int    `json:"similar"`
	Sheet   int    `json:"sheet"`
}

// inspectKind looks pairs over. Its result is a prepare.Inspection, with problems
// too: data with problems is what it is there to find.
func inspectKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "inspect", Lane: quick,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			d := prepare.DefaultInspectOptions()
			o := inspectOptions{Pairs: d.Pairs, Similar: d.Similar, Sheet: d.Sheet}
			if err := decode(options, &o); err != nil {
				return nil, err
			}
			if o.Data == "" {
				return nil, errMissing("data")
			}
			if err := (prepare.InspectOptions{Pairs: o.Pairs, Similar: o.Similar, Sheet: o.Sheet}).Validate(); err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Inputs: inputs(map[string]needed{"data": whole}),
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			var o inspectOptions
			if err := decode(r.Options, &o); err != nil {
				return nil, err
			}
			stage, before := "", 0 // pairs are checked, then measured
			n := prepare.InspectOptions{Similar: o.Similar, Pairs: o.Pairs, Sheet: o.Sheet, Progress: func(what string, done, total int) {
				if stage != "" && what != stage {
					before = total
				}
				stage = what
				r.Report(map[string]any{"event": "inspecting", "what": what, "done": done, "total": total}, jobs.Progress{Done: before + done, Total: 2 * total}, false)
			}}
			found, err := prepare.Inspect(ctx, o.Data, n, prepare.Options{Threads: e.Threads, Read: e.read()})
			if found == nil || err != nil && len(found.Problems) == 0 {
				return nil, err
			}
			for i, problem := range found.Problems {
				found.Problems[i].Hint = hint.Spell(problem.Hint, hint.Keys{})
			}
			return found, inspection.Write(filepath.Join(r.Folder, InspectionFolder), o.Data, found)
		},
	}
}
