// Package option declares what can be set, one line per option.
//
//	func (o *Options) Declared() option.List {
//		return option.Of(o,
//			option.Group("Speed",
//				option.Int(&o.Batch, "batch", "pairs in a step", 1, 65536),
//				option.Choice(&o.Mode, "mode", "how it is done", Fast, Exact),
//			))
//	}
//
// The command line makes flags from the list, with headings, help and defaults. JSON
// uses the keys of the struct's own tags, which Of finds. Check enforces every limit.
// An option also says whether it may change when a run is resumed. The default is the
// value that the struct holds when the list is made, so it too is written only once.
//
// Errors name options. How depends on where the option was written: Word turns an
// error into the words of the command line or of JSON.
//
// Why not a library: those that read options from struct tags (kong, sflags,
// validators) take limits as text, and either bring their own command line or do not
// serve one. Here limits are Go expressions, and go doc shows structs without long
// tags.
package option
