self.PORTAGE = {
  version: {{ version|tojson }},
  shell: {{ shell|tojson }},
  files: [
    {{ site.brand.url|tojson }},
    {{ asset("govuk/govuk-frontend.min.css")|tojson }},
    {{ asset("portage.css")|tojson }},
    {{ asset("favicon.svg")|tojson }},
    {{ asset("offline/icon-192.png")|tojson }},
{%- for name in scripts %}
    {{ asset("offline/" ~ name)|tojson }},
{%- endfor %}
  ],
};
importScripts({{ asset("offline/sw.js")|tojson }});
