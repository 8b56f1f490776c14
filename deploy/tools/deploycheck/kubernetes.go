package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

// objects makes an empty object of each kind that the manifests may hold.
var objects = map[string]func() any{
	"v1 Namespace":                       func() any { return &corev1.Namespace{} },
	"v1 ServiceAccount":                  func() any { return &corev1.ServiceAccount{} },
	"v1 ConfigMap":                       func() any { return &corev1.ConfigMap{} },
	"v1 Secret":                          func() any { return &corev1.Secret{} },
	"v1 Service":                         func() any { return &corev1.Service{} },
	"v1 PersistentVolumeClaim":           func() any { return &corev1.PersistentVolumeClaim{} },
	"apps/v1 Deployment":                 func() any { return &appsv1.Deployment{} },
	"batch/v1 Job":                       func() any { return &batchv1.Job{} },
	"policy/v1 PodDisruptionBudget":      func() any { return &policyv1.PodDisruptionBudget{} },
	"networking.k8s.io/v1 NetworkPolicy": func() any { return &networkingv1.NetworkPolicy{} },
	"networking.k8s.io/v1 Ingress":       func() any { return &networkingv1.Ingress{} },
}

var document = regexp.MustCompile(`(?m)^---$`)

// manifests is what was read, to be held against one another.
type manifests struct {
	root    string
	names   map[string]bool // "Secret arshjul-app"
	pods    []pods
	selects []selection
	errs    []error
}

// pods are those that a Deployment or a Job makes.
type pods struct {
	where    string
	labels   map[string]string
	spec     corev1.PodSpec
	lives    bool // as opposed to a job's
	alone    bool // never two at once: the old one ends before the new one starts
	replicas int32
}

// selection is somebody who looks for pods by labels.
type selection struct {
	where  string
	labels map[string]string
}

// checkKubernetes decodes every manifest into the API's own types, where a member that does not exist, or is of another
// type, is a fault, and sees that they fit one another and that no pod may do more than it must.
func checkKubernetes(root string) error {
	m := &manifests{root: root, names: map[string]bool{}}
	var files []string
	for _, pattern := range []string{"*.yaml", "*/*.yaml"} {
		found, err := filepath.Glob(filepath.Join(root, "deploy/kubernetes", pattern))
		if err != nil {
			return err
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return errors.New("deploy/kubernetes holds no manifests")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, doc := range document.Split(string(text), -1) {
			m.read(filepath.Base(file), []byte(doc))
		}
	}
	for _, p := range m.pods {
		m.checkPods(p)
	}
	for _, s := range m.selects {
		m.checkSelection(s)
	}
	return errors.Join(m.errs...)
}

func (m *manifests) wrong(where, format string, args ...any) {
	m.errs = append(m.errs, fmt.Errorf("deploy/kubernetes: %s: "+format, append([]any{where}, args...)...))
}

func (m *manifests) read(file string, doc []byte) {
	if len(bytes.TrimSpace(doc)) == 0 {
		return
	}
	var kind struct{ APIVersion, Kind string }
	if err := yaml.Unmarshal(doc, &kind); err != nil {
		m.wrong(file, "%v", err)
		return
	}
	make, known := objects[kind.APIVersion+" "+kind.Kind]
	if !known {
		m.wrong(file, "%q of %q is not looked at here", kind.Kind, kind.APIVersion)
		return
	}
	object := make()
	if err := yaml.UnmarshalStrict(doc, object); err != nil {
		m.wrong(file, "%v", err)
		return
	}
	switch o := object.(type) {
	case *corev1.Secret:
		m.names["Secret "+o.Name] = true
	case *corev1.ConfigMap:
		m.names["ConfigMap "+o.Name] = true
	case *corev1.ServiceAccount:
		m.names["ServiceAccount "+o.Name] = true
	case *corev1.PersistentVolumeClaim:
		m.names["PersistentVolumeClaim "+o.Name] = true
	case *corev1.Service:
		m.names["Service "+o.Name] = true
		m.selects = append(m.selects, selection{"Service " + o.Name, o.Spec.Selector})
	case *policyv1.PodDisruptionBudget:
		m.selects = append(m.selects, selection{"PodDisruptionBudget " + o.Name, o.Spec.Selector.MatchLabels})
	case *networkingv1.NetworkPolicy:
		if o.Namespace == "arshjul" {
			m.selects = append(m.selects, selection{"NetworkPolicy " + o.Name, o.Spec.PodSelector.MatchLabels})
		}
	case *networkingv1.Ingress:
		for _, r := range o.Spec.Rules {
			for _, p := range r.HTTP.Paths {
				if !m.names["Service "+p.Backend.Service.Name] {
					m.wrong(file, "Ingress %s leads to no Service", o.Name)
				}
			}
		}
	case *appsv1.Deployment:
		alone := o.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType
		m.pods = append(m.pods, pods{"Deployment " + o.Name, o.Spec.Template.Labels, o.Spec.Template.Spec, true, alone, *o.Spec.Replicas})
		m.selects = append(m.selects, selection{"Deployment " + o.Name, o.Spec.Selector.MatchLabels})
	case *batchv1.Job:
		m.pods = append(m.pods, pods{"Job " + o.GenerateName, o.Spec.Template.Labels, o.Spec.Template.Spec, false, false, 1})
	}
}

// checkSelection sees that somebody is found.
func (m *manifests) checkSelection(s selection) {
	for _, p := range m.pods {
		all := true
		for k, v := range s.labels {
			all = all && p.labels[k] == v
		}
		if all {
			return
		}
	}
	m.wrong(s.where, "no pod has the labels %v", s.labels)
}
