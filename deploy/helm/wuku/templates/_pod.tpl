{{- define "wuku.pod" -}}
securityContext: {runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, seccompProfile: {type: RuntimeDefault}}
terminationGracePeriodSeconds: 60
containers:
  - name: wuku
    image: {{ .root.Values.image }}
    args: [{{ .part | quote }}]
    env:
      - {name: WUKU_CONFIG, value: /etc/wuku/wuku.yaml}
      - {name: WUKU_DATA, value: /var/lib/wuku}
      - {name: WUKU_KEY_FILE, value: /etc/wuku-secret/deployment.key}
      - {name: WUKU_KAFKA_PASSWORD_FILE, value: /etc/wuku-secret/kafka.password}
      - name: WUKU_CLICKHOUSE
        valueFrom: {secretKeyRef: {name: {{ .root.Values.secret }}, key: clickhouse}}
      {{- if eq .part "serve" }}
      - {name: WUKU_HTTP, value: "0.0.0.0:8080"}
      {{- else }}
      - {name: WUKU_METRICS, value: "0.0.0.0:9464"}
      {{- end }}
    ports: [{name: http, containerPort: {{ .port }}}]
    livenessProbe: {httpGet: {path: /healthz, port: {{ .port }}}, periodSeconds: 10, failureThreshold: 6}
    {{- if eq .part "serve" }}
    readinessProbe: {httpGet: {path: /readyz, port: {{ .port }}}, periodSeconds: 5}
    {{- end }}
    resources:
{{ toYaml (index .root.Values.resources .part) | indent 6 }}
    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
    volumeMounts:
      - {name: data, mountPath: /var/lib/wuku}
      - {name: settings, mountPath: /etc/wuku, readOnly: true}
      - {name: secret, mountPath: /etc/wuku-secret, readOnly: true}
{{- end -}}
