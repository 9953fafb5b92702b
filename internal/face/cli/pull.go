package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"easel"
	"easel/internal/base/option"
	"easel/internal/work/pull"
)

func (a *app) pullCommand() *cobra.Command {
	var (
		o   pull.Options
		dry bool
	)
	declared := append(o.Declared(), option.Group("Files",
		option.Bool(&dry, "dry-run", "say what would be fetched, without fetching it"),
	)...)
	cmd := &cobra.Command{
		Use:   "pull [NAME]",
		Short: "Fetch a known model or data set",
		Long: `Fetch a model that others publish, which is converted to easel's format, or a data set,
which is unpacked into a folder for easel train. Without a name, list what is known.

Downloads are kept in the user's cache folder, and continue where they stopped. If the
SHA-256 of a file is not known beforehand, that of the first download is recorded, and
later ones must match it. The licences are those of the files' owners.`,
		Example: `  easel pull
  easel pull facades_label2photo && easel translate --model facades_label2photo.safetensors --out photos labels
  easel pull data/facades && easel train --data facades --out run --direction BtoA`,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return usage(fmt.Errorf("easel pull takes one name, not %d", len(args)), "easel pull lists what is known")
			case len(args) == 0:
				a.listKnown()
				return nil
			}
			if err := declared.Apply(given(cmd)); err != nil {
				return usage(err, see(cmd))
			}
			item, plan, err := easel.PlanPull(args[0], easel.PullOptions(o))
			if err != nil {
				return usage(err, adviceOf(err, ""))
			}
			if dry {
				a.showPlan(item, plan, o.From)
				return nil
			}
			return a.pull(cmd.Context(), item, easel.PullOptions(o))
		},
	}
	addOptions(cmd, declared)
	return cmd
}

// listKnown shows all items.
func (a *app) listKnown() {
	for _, i := range easel.Known() {
		if a.json {
			a.emit(i)
			continue
		}
		a.say("%-34s %9s  %s", i.Name, humanize.Bytes(uint64(i.Size)), i.About)
		a.say("%-34s %9s  %s; %s", "", "", i.Licence, i.URL)
	}
}

func (a *app) showPlan(item easel.KnownItem, plan easel.Pulled, from string) {
	from = cmp.Or(from, item.URL)
	if a.json {
		a.emit(map[string]any{"event": "plan", "name": item.Name, "from": from, "bytes": item.Size, "licence": item.Licence, "cached": plan.Cached, "out": plan.Out, "sha256": plan.SHA256})
		return
	}
	a.say("%s: %s", item.Name, item.About)
	a.say("from      %s, about %s", from, humanize.Bytes(uint64(item.Size)))
	a.say("licence   %s", item.Licence)
	a.say("cached    %s", plan.Cached)
	if plan.Pinned {
		a.say("SHA-256   %s", plan.SHA256)
	} else {
		a.say("SHA-256   not known: that of this download will be recorded")
	}
	a.say("out       %s", plan.Out)
}

func (a *app) pull(ctx context.Context, item easel.KnownItem, o easel.PullOptions) error {
	a.say("%s: %s (%s)", item.Name, item.About, item.Licence)
	bar := a.progress("fetching", int(item.Size))
	percent := int64(-1)
	r, err := easel.Pull(ctx, http.DefaultClient, item.Name, o, func(p easel.PullProgress) {
		bar.total(int(p.Total))
		bar.at(int(p.Done), "fetching")
		if now := 100 * p.Done / max(p.Total, 1); a.json && now > percent {
			percent = now
			a.emit(map[string]any{"event": "fetching", "bytes": p.Done, "total": p.Total})
		}
	})
	bar.finish()
	if err != nil {
		return err
	}
	if a.json {
		a.emit(map[string]any{"event": "pulled", "name": item.Name, "out": r.Out, "cached": r.Cached, "bytes": r.Size, "sha256": r.SHA256, "pinned": r.Pinned, "notes": r.Notes})
		return nil
	}
	known := "recorded"
	if r.Pinned {
		known = "as it has to be"
	}
	a.say("SHA-256 %s, %s", r.SHA256, known)
	for _, n := range r.Notes {
		a.say("  %s", n)
	}
	a.say("%s", r.Out)
	return nil
}
