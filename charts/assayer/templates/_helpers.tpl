{{/* Labels of everything in the release. In: a dict of root and component. */}}
{{- define "assayer.labels" -}}
{{ include "assayer.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* Labels that select a component's pods. */}}
{{- define "assayer.selector" -}}
app.kubernetes.io/name: assayer
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* A password that outlives upgrades, in base64: the Secret's own if it exists. In: a dict of namespace and name, and of key where it
is not `password`. */}}
{{- define "assayer.password" -}}
{{- $old := dig "data" (.key | default "password") "" (lookup "v1" "Secret" .namespace .name) -}}
{{ $old | default (randAlphaNum 32 | b64enc) }}
{{- end }}

{{/* The database's address. */}}
{{- define "assayer.database" -}}
{{- $postgres := .Values.postgres -}}
{{- if $postgres.enabled }}
- { name: PGHOST, value: assayer-postgres }
- { name: PGPORT, value: "5432" }
{{- else }}
- { name: PGHOST, value: {{ required "postgres.external.host: name the server, or set postgres.enabled" $postgres.external.host | quote }} }
- { name: PGPORT, value: {{ $postgres.external.port | quote }} }
{{- end }}
- { name: PGDATABASE, value: {{ $postgres.database | quote }} }
- { name: PGSSLMODE, value: {{ $postgres.sslMode | quote }} }
{{- end }}

{{/* Name of the Secret with the schema owner's password. */}}
{{- define "assayer.adminSecret" -}}
{{- if .Values.postgres.enabled -}}
assayer-postgres
{{- else -}}
{{ required "postgres.external.adminSecret: name the Secret with adminUser's password" .Values.postgres.external.adminSecret }}
{{- end }}
{{- end }}

{{/* A process's own log-in. In: a dict of root and component. */}}
{{- define "assayer.login" -}}
{{- include "assayer.database" .root }}
- { name: PGUSER, value: assayer_{{ .component }} }
- name: PGPASSWORD
  valueFrom: { secretKeyRef: { name: assayer-{{ .component }}-database, key: password } }
- { name: RUST_LOG, value: {{ .root.Values.log | quote }} }
{{- end }}

{{/* The restricted profile of the Pod Security Standards, for a pod. In: the user id. */}}
{{- define "assayer.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* The same for a container. */}}
{{- define "assayer.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* What every pod of our own processes begins with. In: a dict of root and component. */}}
{{- define "assayer.pod" -}}
serviceAccountName: assayer-{{ .component }}
automountServiceAccountToken: true
securityContext:
  {{- include "assayer.podSecurity" 65532 | nindent 2 }}
{{- with .root.Values.images.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Holds a pod back until the schema is as new as its program. In: a dict of root and component. */}}
{{- define "assayer.waitSchema" -}}
- name: wait-schema
  image: {{ .root.Values.images.operator }}
  imagePullPolicy: {{ .root.Values.images.pullPolicy }}
  args: [wait-schema]
  env:
    {{- include "assayer.login" . | nindent 4 }}
  resources:
    requests: { cpu: 10m, memory: 32Mi }
    limits: { memory: 128Mi }
  securityContext:
    {{- include "assayer.containerSecurity" . | nindent 4 }}
{{- end }}

{{/* Probes of a process. In: the name of the port that answers them. */}}
{{- define "assayer.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: {{ . }} }
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: {{ . }} }
  periodSeconds: 10
readinessProbe:
  httpGet: { path: /readyz, port: {{ . }} }
  periodSeconds: 5
  timeoutSeconds: 3
{{- end }}

{{/* Prefers a node of its own for each replica. In: a dict of root and component. */}}
{{- define "assayer.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "assayer.selector" . | nindent 8 }}
{{- end }}

{{- /* Where people reach the API, if anybody knows. */}}
{{- define "assayer.externalUrl" -}}
{{- if .Values.api.externalUrl -}}
{{ .Values.api.externalUrl }}
{{- else if and .Values.ingress.enabled .Values.ingress.host -}}
{{ ternary "https" "http" (ne .Values.ingress.tlsSecret "") }}://{{ .Values.ingress.host }}
{{- end -}}
{{- end }}
