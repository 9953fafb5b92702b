package validate

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	network "k8s.io/api/networking/v1"
	budget "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	security "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// objects are what kustomize makes of a folder, by kind and name.
func objects(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "../"+folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, r := range made.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		if r.GetKind() != "Namespace" && r.GetNamespace() != "easel" {
			t.Errorf("%s is in namespace %q", r.CurId(), r.GetNamespace())
		}
		all[r.GetKind()+"/"+r.GetName()] = text
	}
	return all
}

// as decodes an object into its published type, in which every key must be known.
func as[T any](t *testing.T, all map[string][]byte, name string) *T {
	t.Helper()
	object := new(T)
	if err := yaml.UnmarshalStrict(all[name], object, yaml.DisallowUnknownFields); err != nil || all[name] == nil {
		t.Fatalf("%s: %v", name, err)
	}
	return object
}

// TestTypes decodes everything strictly, and leaves nothing out.
func TestTypes(t *testing.T) {
	for _, folder := range []string{"base", "autoscaling", "cluster"} {
		all := objects(t, folder)
		for name := range all {
			switch kind, _, _ := strings.Cut(name, "/"); kind {
			case "Namespace":
				as[core.Namespace](t, all, name)
			case "Service":
				as[core.Service](t, all, name)
			case "StatefulSet":
				as[apps.StatefulSet](t, all, name)
			case "Deployment":
				as[apps.Deployment](t, all, name)
			case "PodDisruptionBudget":
				as[budget.PodDisruptionBudget](t, all, name)
			case "NetworkPolicy":
				as[network.NetworkPolicy](t, all, name)
			case "ServiceMonitor":
				as[monitoring.ServiceMonitor](t, all, name)
			case "ScaledObject": // KEDA's types need all of Kubernetes: see TestAutoscaling
			default:
				t.Errorf("%s has no type in this test", name)
			}
		}
	}
	all := objects(t, "base")
	for _, bad := range []string{"replicas: two", "replica: 1"} {
		all["bad"] = regexp.MustCompile(`replicas: \d+`).ReplaceAll(all["Deployment/easel-worker"], []byte(bad))
		if yaml.UnmarshalStrict(all["bad"], new(apps.Deployment), yaml.DisallowUnknownFields) == nil {
			t.Errorf("%q is not noticed", bad)
		}
	}
}

// pods are the templates of all pods.
func pods(t *testing.T) map[string]core.PodTemplateSpec {
	t.Helper()
	return podsOf(t, "base")
}

func podsOf(t *testing.T, folder string) map[string]core.PodTemplateSpec {
	t.Helper()
	all := objects(t, folder)
	return map[string]core.PodTemplateSpec{
		"serve":  as[apps.StatefulSet](t, all, "StatefulSet/easel").Spec.Template,
		"worker": as[apps.Deployment](t, all, "Deployment/easel-worker").Spec.Template,
	}
}

// TestPodSecurity holds the pods to the profile "restricted", as Kubernetes checks it, and
// to what it does not ask for.
func TestPodSecurity(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	restricted := security.LevelVersion{Level: security.LevelRestricted, Version: security.LatestVersion()}
	for name, pod := range pods(t) {
		for _, r := range evaluator.EvaluatePod(restricted, &pod.ObjectMeta, &pod.Spec) {
			if !r.Allowed {
				t.Errorf("%s: %s: %s", name, r.ForbiddenReason, r.ForbiddenDetail)
			}
		}
		if token := pod.Spec.AutomountServiceAccountToken; token == nil || *token {
			t.Errorf("%s has a token for the cluster's API", name)
		}
		for _, c := range pod.Spec.Containers {
			if root := c.SecurityContext.ReadOnlyRootFilesystem; root == nil || !*root {
				t.Errorf("%s can write to its root", name)
			}
			if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
				t.Errorf("%s has no limits or requests", name)
			}
			for _, e := range c.Env {
				if e.Name == "EASEL_TOKEN" && (e.Value != "" || e.ValueFrom.SecretKeyRef == nil) {
					t.Errorf("%s: the token is not a reference", name)
				}
			}
			for _, m := range c.VolumeMounts {
				if !slices.ContainsFunc(volumes(pod.Spec), func(v string) bool { return v == m.Name }) {
					t.Errorf("%s mounts %s, which it does not have", name, m.Name)
				}
			}
		}
	}
}

// volumes are the names of a pod's volumes, with those that a StatefulSet claims.
func volumes(pod core.PodSpec) []string {
	names := []string{"state"}
	for _, v := range pod.Volumes {
		names = append(names, v.Name)
	}
	return names
}

// TestSelectors: what selects pods selects those that are meant.
func TestSelectors(t *testing.T) {
	all, templates := objects(t, "base"), pods(t)
	selected := func(s *meta.LabelSelector) (names string) {
		selector, err := meta.LabelSelectorAsSelector(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"serve", "worker"} {
			if selector.Matches(labels.Set(templates[name].Labels)) {
				names += name
			}
		}
		return names
	}
	service := as[core.Service](t, all, "Service/easel")
	workers := as[network.NetworkPolicy](t, all, "NetworkPolicy/worker")
	for what, c := range map[string][2]string{
		"service":       {selected(&meta.LabelSelector{MatchLabels: service.Spec.Selector}), "serve"},
		"stateful set":  {selected(as[apps.StatefulSet](t, all, "StatefulSet/easel").Spec.Selector), "serve"},
		"deployment":    {selected(as[apps.Deployment](t, all, "Deployment/easel-worker").Spec.Selector), "worker"},
		"budget":        {selected(as[budget.PodDisruptionBudget](t, all, "PodDisruptionBudget/easel-worker").Spec.Selector), "worker"},
		"policy serve":  {selected(&as[network.NetworkPolicy](t, all, "NetworkPolicy/serve").Spec.PodSelector), "serve"},
		"policy worker": {selected(&workers.Spec.PodSelector), "worker"},
		"workers reach": {selected(workers.Spec.Egress[0].To[0].PodSelector), "serve"},
		"nothing":       {selected(&as[network.NetworkPolicy](t, all, "NetworkPolicy/nothing").Spec.PodSelector), "serveworker"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s selects %q, not %q", what, c[0], c[1])
		}
	}
	port := templates["serve"].Spec.Containers[0].Ports[0]
	if p := service.Spec.Ports[0]; p.TargetPort.StrVal != port.Name || p.Port != port.ContainerPort {
		t.Errorf("the service calls %v, the pod has %v", p, port)
	}
}

// TestFlags: easel has the flags that the manifests give, and takes their values.
func TestFlags(t *testing.T) {
	for _, folder := range []string{"base", "cluster"} {
		testFlags(t, podsOf(t, folder))
	}
}

func testFlags(t *testing.T, pods map[string]core.PodTemplateSpec) {
	t.Helper()
	for name, pod := range pods {
		args := pod.Spec.Containers[0].Args
		help := exec.Command("go", append([]string{"run", "./cmd/easel"}, args[0], "--help")...)
		help.Dir = "../../.."
		text, err := help.Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, a := range args[1:] {
			flag, _, _ := strings.Cut(a, "=")
			if !regexp.MustCompile(`(?m)^ +` + flag + `\b`).Match(text) {
				t.Errorf("%s: easel %s has no %s", name, args[0], flag)
			}
		}
	}
}

// TestAutoscaling: KEDA owns the number of workers, asks for a metric that easel has, and the
// monitor reads the service.
func TestAutoscaling(t *testing.T) {
	all := objects(t, "autoscaling")
	if n := as[apps.Deployment](t, all, "Deployment/easel-worker").Spec.Replicas; n != nil {
		t.Errorf("%d workers are fixed", *n)
	}
	var scaled struct {
		Spec struct {
			ScaleTargetRef struct{ Name string }
			Triggers       []struct {
				Type     string
				Metadata map[string]string
			}
		}
	}
	text, err := yaml.YAMLToJSON(all["ScaledObject/easel-worker"])
	if err == nil {
		err = json.Unmarshal(text, &scaled)
	}
	if err != nil {
		t.Fatal(err)
	}
	if s := scaled.Spec; s.ScaleTargetRef.Name != "easel-worker" || len(s.Triggers) != 1 || s.Triggers[0].Type != "prometheus" ||
		!strings.Contains(s.Triggers[0].Metadata["query"], `easel_jobs{namespace="easel",state=~"queued|running"}`) {
		t.Errorf("%+v", scaled.Spec)
	}
	monitor := as[monitoring.ServiceMonitor](t, all, "ServiceMonitor/easel")
	service := as[core.Service](t, all, "Service/easel")
	selector, err := meta.LabelSelectorAsSelector(&monitor.Spec.Selector)
	if err != nil || !selector.Matches(labels.Set(service.Labels)) || monitor.Spec.Endpoints[0].Port != service.Spec.Ports[0].Name {
		t.Errorf("the monitor does not find the service: %v", err)
	}
}

// TestCluster: nobody joins the server, all use the same addresses and files, and the policies
// let clients and servers of NATS, as its chart labels them, speak.
func TestCluster(t *testing.T) {
	all := objects(t, "cluster")
	for name, pod := range podsOf(t, "cluster") {
		args := pod.Spec.Containers[0].Args
		for _, want := range []string{"--nats=tls://nats:4222", "--nats-ca=/tls/ca.crt", "--nats-credentials=/join/seed"} {
			if !slices.Contains(args, want) {
				t.Errorf("%s lacks %s: %v", name, want, args)
			}
		}
		if slices.ContainsFunc(args, func(a string) bool {
			return strings.HasPrefix(a, "--join") || strings.HasPrefix(a, "--token") || a == "--only-workers"
		}) {
			t.Errorf("%s: %v", name, args)
		}
	}
	clients := as[network.NetworkPolicy](t, all, "NetworkPolicy/nats-clients")
	servers := as[network.NetworkPolicy](t, all, "NetworkPolicy/nats")
	nats := labels.Set{"app.kubernetes.io/component": "nats"}
	matches := func(s *meta.LabelSelector, what labels.Set) bool {
		selector, err := meta.LabelSelectorAsSelector(s)
		return err == nil && selector.Matches(what)
	}
	for name, pod := range podsOf(t, "cluster") {
		if !matches(&clients.Spec.PodSelector, pod.Labels) || !matches(servers.Spec.Ingress[0].From[0].PodSelector, pod.Labels) {
			t.Errorf("%s cannot speak to NATS", name)
		}
	}
	if !matches(&servers.Spec.PodSelector, nats) || !matches(clients.Spec.Egress[0].To[0].PodSelector, nats) || !matches(servers.Spec.Egress[0].To[0].PodSelector, nats) {
		t.Error("the policies are not about NATS")
	}
	var values struct {
		Config struct {
			Cluster   struct{ Replicas int }
			Jetstream struct{ Merge map[string]string }
		}
	}
	text, err := os.ReadFile("../cluster/nats-values.yaml")
	if err == nil {
		err = yaml.Unmarshal(text, &values)
	}
	if err != nil || values.Config.Cluster.Replicas != 3 || values.Config.Jetstream.Merge["sync_interval"] != "always" {
		t.Errorf("%+v, %v", values, err)
	}
}
