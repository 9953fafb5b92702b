// Package imgio turns picture files into numbers and back.
//
// Start with Read, which decodes PNG, JPEG, TIFF, WebP, BMP, GIF and PNM into a Picture
// (of animations one frame on its canvas), and end with Write, which encodes PNG, JPEG and TIFF
// by the file's extension. In between lie Resize, Crop, Mirror, PadReflect,
// Convert, Concat, SplitSideBySide; each returns a new picture and leaves its
// argument alone. ToModel and FromModel change between 0..1 and the range
// −1..1 that networks see. OpenRows and WriteRows are for pictures larger than memory: a
// few rows at a time.
//
// # Conventions
//
// A Picture is [height, width, channels] in 0..1, gamma-encoded as in the file:
// nothing here converts to linear light, and neither do the papers' own
// programs. The number of channels is that of the file: 1 grey, 3 RGB, and any
// number for a TIFF whose pages or samples are channels. CMYK becomes RGB; a
// palette becomes RGB, or RGBA if it has a transparent entry.
//
// The last channel is alpha where Picture.Alpha says so, never premultiplied (Go's
// PNG decoder gives RGBA for grey with alpha). What somebody without alpha sees
// of a picture is As, for all verbs: it lays alpha on white or on a background.
// Mask makes a mask, OnWhite a photograph.
//
// # What is not there
//
// AVIF and HEIC are refused by name. Their decoders for Go carry C libraries: that of
// HEIC under the LGPL, and that of AVIF loads the system's at run time, for which easel
// would no longer be one static file unless everybody builds it with a tag. WebP is not
// written: of two encoders for Go, one panics on a picture of one colour, and the other's
// lossless files are not exact.
//
// # Guarantees
//
// 8-bit and 16-bit samples survive Read, ToModel, FromModel and Write exactly.
// The pixels of JPEG and lossy WebP are libjpeg's and libwebp's.
// The EXIF orientation is applied, so that up is up. Colours of other
// spaces are brought to sRGB by their profile; where that is a table, a Warning says
// that it is not. A file
// that is truncated, damaged or larger than ReadOptions.MaxSamples is an error
// that names the file and the step, and decoders that panic are errors as well.
// Write replaces a file completely or leaves it as it was.
//
// Functions that can be handed unsuitable files (a picture of odd width, say)
// return errors; those that can only be misused by a programmer (a crop outside
// of the picture) panic with a text that begins with "imgio:".
package imgio
