// Package experiment reproduces the tables and figures of the papers on the
// user's own data: it trains what a table needs, judges it and writes the table.
//
//	list := experiment.All()
//	chosen, err := experiment.Find(list, "losses")
//	options := experiment.DefaultOptions()
//	options.Data, options.Out = "facades", "tables"
//	results, err := experiment.Run(ctx, chosen, options, func(e experiment.Event) { … })
//
// # What an experiment is
//
// An [Experiment] is a value: a name, what data it needs, and a function that
// makes a [Plan] from them. A plan is a list of jobs and a function that makes
// tables from their results. A [Job] is a piece of work whose result is a folder:
// training a model, judging one, making a picture. A new kind of experiment adds
// new kinds of jobs; nothing else changes.
//
// # The folder
//
//	runs/l1+cgan-…        training runs, as easel train writes them
//	scores/l1+cgan-…      a model's scores, and pictures that it made
//	losses-small.html     a table: the page, and the same as .md and .json
//
// A job's folder is named after a hash of its resolved configuration and of the contents of
// its data. So each configuration runs only once: experiments share runs, and a table made
// again reuses finished ones. A job is finished when its folder has a done.json, which is
// written last.
//
// # Guarantees
//
// Cancelling saves the current job and returns train.ErrInterrupted or the context's error;
// Run with Options.Resume continues. A killed process loses only the work since its last
// checkpoint. Without Options.Resume, an unfinished job in the folder is an error. Numbers
// depend only on data, scale and seed, not on threads or interruptions. Files appear
// complete or not at all.
package experiment
