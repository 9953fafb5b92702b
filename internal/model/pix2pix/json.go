package pix2pix

import "easel/internal/base/strictjson"

// UnmarshalJSON decodes a configuration over c, as for any struct; an unknown key is an
// error. A file older than a key gets the behaviour of its time: a key that is missing from
// the text and zero in c is as in Default.
func (c *Config) UnmarshalJSON(text []byte) error {
	type plain Config // decodes like any struct
	p, before := plain(*c), Default()
	if p.Upsample == "" {
		p.Upsample = before.Upsample
	}
	if p.Blocks == 0 {
		p.Blocks = before.Blocks
	}
	if p.Scales == 0 {
		p.Scales = before.Scales
	}
	if p.Init == "" {
		p.Init = before.Init
	}
	if err := strictjson.Decode(text, &p); err != nil {
		return err
	}
	*c = Config(p)
	return nil
}
