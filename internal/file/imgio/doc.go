// Package imgio reads pictures from files as numbers, and writes them.
//
// Start with Read, which decodes PNG, JPEG, TIFF, WebP, BMP, GIF and PNM into a Picture (of
// an animation, one frame on its canvas), and end with Write, which encodes PNG, JPEG, TIFF
// and lossless WebP, by the file's extension. Resize, Crop, Mirror, PadReflect, Convert,
// Concat and SplitSideBySide return new pictures and do not change their arguments. ToModel
// and FromModel convert between 0..1 and the range −1..1 of networks. OpenRows and WriteRows
// are for pictures larger than memory: they read and write a few rows at a time.
//
// # Conventions
//
// A Picture is [height, width, channels] from 0 to 1, gamma-encoded as in the file: nothing
// is converted to linear light here or in the papers' own programs. The number of channels
// is that of the file: 1 for grey, 3 for RGB, and any number for a TIFF whose pages or
// samples are channels. CMYK becomes RGB; a palette becomes RGB, or RGBA if it has a
// transparent entry.
//
// The last channel is alpha if Picture.Alpha says so, and never premultiplied (Go's PNG
// decoder returns RGBA for grey with alpha). As removes alpha, by laying the picture on white
// or on a background; OnWhite does it for photographs, and Mask makes a mask.
//
// # Formats that are not supported
//
// AVIF and HEIC are refused by name, with how to convert them. For AVIF there is
// gen2brain/avif (MIT, with libaom for WebAssembly), which was tried: the program grows by 6
// MB, transparent colours lose precision because alpha is premultiplied in 8 bits, time and
// memory have no limits, and unless a build tag is set it loads a library of the system, so
// that "go install" would not make one static file. The decoder of HEIC is under the LGPL.
// Decoders in pure Go have appeared, gen2brain/gav1d (BSD) for AVIF and gen2brain/h265 (MIT)
// for HEIC, but could not be fetched as modules yet.
//
// # Guarantees
//
// 8-bit and 16-bit samples survive Read, ToModel, FromModel and Write exactly. The pixels of
// JPEG and lossy WebP decode to the same pixels as with libjpeg and libwebp. The EXIF
// orientation is applied. Colours are converted to sRGB by the file's profile; if the
// profile is a table, it is ignored with a Warning. A file that is truncated, damaged or
// larger than ReadOptions.MaxSamples is an error that names the file and the step, and so is
// a panic of a decoder. Write replaces a file completely or leaves it unchanged.
//
// Functions return errors for unsuitable files, such as a side-by-side picture of odd width.
// They panic, with a text that begins with "imgio:", if a programmer misuses them, such as
// with a crop outside the picture.
package imgio
