package main

import corev1 "k8s.io/api/core/v1"

// checkPods sees that pods run as nobody, can write nothing, are asked whether they live, and find what they refer to.
func (m *manifests) checkPods(p pods) {
	s := p.spec
	if sc := s.SecurityContext; sc == nil || !is(sc.RunAsNonRoot, true) || sc.SeccompProfile == nil || sc.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
		m.wrong(p.where, "it may run as root, or without seccomp")
	}
	if !is(s.AutomountServiceAccountToken, false) {
		m.wrong(p.where, "it gets a token for Kubernetes")
	}
	if !m.names["ServiceAccount "+s.ServiceAccountName] {
		m.wrong(p.where, "there is no ServiceAccount %q", s.ServiceAccountName)
	}
	if p.lives && !p.alone && p.replicas < 2 {
		m.wrong(p.where, "there is only one of it")
	}
	if p.alone && p.replicas != 1 {
		m.wrong(p.where, "there are %d of what may be one", p.replicas)
	}
	for _, v := range s.Volumes {
		if v.Secret != nil && !m.names["Secret "+v.Secret.SecretName] {
			m.wrong(p.where, "there is no Secret %q", v.Secret.SecretName)
		}
		if c := v.PersistentVolumeClaim; c != nil && !m.names["PersistentVolumeClaim "+c.ClaimName] {
			m.wrong(p.where, "there is no PersistentVolumeClaim %q", c.ClaimName)
		}
	}
	for i := range s.Containers {
		m.checkContainer(p, &s.Containers[i])
	}
}

func (m *manifests) checkContainer(p pods, c *corev1.Container) {
	if err := checkImage(m.root, c.Image); err != nil {
		m.wrong(p.where, "%v", err)
	}
	if sc := c.SecurityContext; sc == nil || !is(sc.AllowPrivilegeEscalation, false) || !is(sc.ReadOnlyRootFilesystem, true) ||
		sc.Capabilities == nil || len(sc.Capabilities.Drop) != 1 || sc.Capabilities.Drop[0] != "ALL" {
		m.wrong(p.where, "container %s may do more than it must", c.Name)
	}
	if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
		m.wrong(p.where, "container %s does not say what it needs", c.Name)
	}
	if p.lives && (c.ReadinessProbe == nil || c.LivenessProbe == nil) {
		m.wrong(p.where, "container %s is not asked whether it is ready and lives", c.Name)
	}
	for _, e := range c.Env {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil && !m.names["Secret "+e.ValueFrom.SecretKeyRef.Name] {
			m.wrong(p.where, "there is no Secret %q", e.ValueFrom.SecretKeyRef.Name)
		}
	}
	for _, e := range c.EnvFrom {
		if e.ConfigMapRef != nil && !m.names["ConfigMap "+e.ConfigMapRef.Name] {
			m.wrong(p.where, "there is no ConfigMap %q", e.ConfigMapRef.Name)
		}
	}
	ports := map[string]bool{}
	for _, port := range c.Ports {
		ports[port.Name] = true
	}
	for _, probe := range []*corev1.Probe{c.ReadinessProbe, c.LivenessProbe} {
		if probe == nil {
			continue
		}
		if h := probe.HTTPGet; h != nil && !ports[h.Port.StrVal] {
			m.wrong(p.where, "container %s has no port %s to be asked on", c.Name, h.Port.String())
		}
	}
}

func is(b *bool, want bool) bool { return b != nil && *b == want }
