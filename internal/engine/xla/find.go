package xla

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"easel/internal/base/hint"
)

// Plugin is a plugin that is installed.
type Plugin struct {
	Name string // as in xla:NAME, such as "cuda"
	Path string
}

func failed(advice, format string, args ...any) error {
	return hint.New(fmt.Errorf("xla: "+format, args...), advice)
}

// FoldersVariable names the environment variable with folders that are searched
// for plugins before all others.
const FoldersVariable = "EASEL_PLUGINS"

// Folder is where easel installs plugins.
func Folder() (string, error) {
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "easel", "plugins"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("xla: no folder for plugins: %w", err)
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "easel", "plugins"), nil
	}
	return filepath.Join(home, ".local", "share", "easel", "plugins"), nil
}

// folders are searched for plugins, in this order: those of the variable,
// easel's own, those of the Python environment that is active, and where
// go-xla's installer puts them.
func folders() []string {
	list := filepath.SplitList(os.Getenv(FoldersVariable))
	if own, err := Folder(); err == nil {
		list = append(list, own)
	}
	for _, variable := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if root := os.Getenv(variable); root != "" {
			found, _ := filepath.Glob(filepath.Join(root, "lib", "python3*", "site-packages"))
			list = append(list, found...)
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		list = append(list, filepath.Join(home, ".local", "lib", "go-xla"))
	}
	return append(list, "/usr/local/lib/go-xla")
}

// patterns are how plugins are called, below a folder; the first group is the
// name.
var patterns = []struct {
	glob string
	name *regexp.Regexp
}{
	{"pjrt_c_api_*_plugin.*", regexp.MustCompile(`pjrt_c_api_(.+)_plugin\.(so|dylib)$`)},
	{"pjrt?plugin?*.*", regexp.MustCompile(`pjrt[-_]plugin[-_](.+)\.(so|dylib)$`)},
	// Python packages for JAX: the name has its CUDA's version behind it.
	{"jax_plugins/xla_*/*plugin*.*", regexp.MustCompile(`xla_([a-z]+)\d*/[^/]*plugin[^/]*\.(so|dylib)$`)},
	{"*/jax_plugins/xla_*/*plugin*.*", regexp.MustCompile(`xla_([a-z]+)\d*/[^/]*plugin[^/]*\.(so|dylib)$`)},
	// OpenXLA's own packages.
	{"xla_plugins/xla_*_pjrt/xla_*_pjrt.*", regexp.MustCompile(`xla_([a-z]+)\d*_pjrt\.(so|dylib)$`)},
	{"*/pjrt_c_api_*_plugin.*", regexp.MustCompile(`pjrt_c_api_(.+)_plugin\.(so|dylib)$`)},
}

// Plugins are those that are installed, by name; of several with one name the
// first that the folders have.
func Plugins() []Plugin {
	found := map[string]string{}
	for _, folder := range folders() {
		for _, p := range patterns {
			paths, _ := filepath.Glob(filepath.Join(folder, filepath.FromSlash(p.glob)))
			for _, path := range paths {
				m := p.name.FindStringSubmatch(filepath.ToSlash(path))
				if m != nil && found[m[1]] == "" {
					found[m[1]] = path
				}
			}
		}
	}
	var all []Plugin
	for name, path := range found {
		all = append(all, Plugin{name, path})
	}
	slices.SortFunc(all, func(a, b Plugin) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Find returns the plugin that a name or path stands for: a path has a slash or
// ends as libraries do; an empty name is the only plugin that there is.
func Find(spec string) (Plugin, error) {
	if strings.ContainsAny(spec, `/\`) || strings.HasSuffix(spec, ".so") || strings.HasSuffix(spec, ".dylib") {
		return atPath(spec)
	}
	all := Plugins()
	for _, p := range all {
		if p.Name == spec || spec == "" && len(all) == 1 {
			return p, nil
		}
	}
	var names []string
	for _, p := range all {
		names = append(names, "xla:"+p.Name)
	}
	switch {
	case spec == "" && len(all) > 1:
		return Plugin{}, failed("say which: "+strings.Join(names, ", "), "there are %d plugins", len(all))
	case spec == "":
		return Plugin{}, failed(installHint, "there is no plugin")
	case len(all) > 0:
		return Plugin{}, failed("there are "+strings.Join(names, ", ")+"; or "+installHint, "there is no plugin %q", spec)
	}
	return Plugin{}, failed(installHint, "there is no plugin %q", spec)
}

const installHint = "install one with {run backends install cuda}, or give a plugin's path: {backend=xla:/path/to/plugin.so}"

func atPath(path string) (Plugin, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Plugin{}, failed("give the path of a PJRT plugin, a shared library", "plugin: %w", err)
	}
	if info.IsDir() {
		return Plugin{}, failed("give the path of the library in it", "plugin %s is a folder", path)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return Plugin{}, failed("", "plugin: %w", err)
	}
	return Plugin{Name: path, Path: full}, nil
}
