// Package option declares what can be set: one line an option.
//
//	func (o *Options) Declared() option.List {
//		return option.Of(o,
//			option.Group("Speed",
//				option.Int(&o.Batch, "batch", "pairs in a step", 1, 65536),
//				option.Choice(&o.Mode, "mode", "how it is done", Fast, Exact),
//			))
//	}
//
// The command line makes its flags of a list, with headings, help and defaults;
// JSON has the keys of the struct's own tags, which Of finds; Check holds every
// limit; and what may be changed when a run goes on is a property of its option.
// A default is what the struct holds when the list is made of it, so it stands in
// one place too, with the presets.
//
// Errors name options. What a name looks like depends on where it was written:
// Word turns an error into the words of the command line or of JSON.
//
// Libraries that read options from struct tags (kong, sflags, validators) want
// limits as text, and either bring a command line of their own or know nothing of
// it. Here limits are Go expressions, and go doc shows structs without tags a
// line long.
package option
