//go:build xla && cgo && !windows

#include "plugin.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  size_t size;
  void *extensions;
  struct {
    size_t size;
    void *extensions;
    int major, minor;
  } version;
  void *(*functions[])(void *);
} pjrt_api;

// Places of functions in the table.
enum {
  error_destroy = 0,
  description_kind = 26,
  device_description = 29,
  device_memory = 34,
};

easel_plugin *easel_load(const char *path, size_t needs) {
  easel_plugin *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!p->library) {
    snprintf(p->failure, sizeof p->failure, "%s", dlerror());
    return p;
  }
  void *(*get)(void) = (void *(*)(void))dlsym(p->library, "GetPjrtApi");
  if (!get) {
    snprintf(p->failure, sizeof p->failure, "it is not a PJRT plugin: it has no function GetPjrtApi");
    return p;
  }
  pjrt_api *api = get();
  if (!api) {
    snprintf(p->failure, sizeof p->failure, "its GetPjrtApi returns nothing");
    return p;
  }
  p->api = api;
  p->major = api->version.major;
  p->minor = api->version.minor;
  if (p->major != 0)
    snprintf(p->failure, sizeof p->failure, "it speaks PJRT %d.%d, easel speaks PJRT 0", p->major, p->minor);
  else if (api->size < offsetof(pjrt_api, functions) + needs * sizeof(void *))
    snprintf(p->failure, sizeof p->failure, "it speaks PJRT %d.%d, which is too old", p->major, p->minor);
  return p;
}

bool easel_there(const char *name) {
  void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  if (library) dlclose(library);
  return library != NULL;
}

// destroyed frees an error and reports whether there was one.
static bool destroyed(pjrt_api *api, void *error) {
  struct {
    size_t size;
    void *extensions, *error;
  } a = {sizeof a, NULL, error};
  if (!error) return false;
  api->functions[error_destroy](&a);
  return true;
}

void easel_describe(void *of, void *device, easel_device *about) {
  pjrt_api *api = of;
  struct {
    size_t size;
    void *extensions, *device, *description;
  } d = {sizeof d, NULL, device, NULL};
  struct {
    size_t size;
    void *extensions, *description;
    const char *kind;
    size_t length;
  } k = {sizeof k, NULL, NULL, NULL, 0};
  struct {
    size_t size;
    void *extensions, *device;
    int64_t in_use;
    struct {
      int64_t value;
      bool is_set;
    } peak, count, largest, limit, reserved, peak_reserved, reservable, largest_free, pool, peak_pool;
  } m = {0};
  about->kind[0] = 0;
  about->in_use = about->limit = -1;
  if (!destroyed(api, api->functions[device_description](&d))) {
    k.description = d.description;
    if (!destroyed(api, api->functions[description_kind](&k)))
      snprintf(about->kind, sizeof about->kind, "%.*s", (int)k.length, k.kind);
  }
  m.size = sizeof m;
  m.device = device;
  if (!destroyed(api, api->functions[device_memory](&m))) {
    about->in_use = m.in_use;
    if (m.limit.is_set) about->limit = m.limit.value;
  }
}
