<?php
// A portal of initiatives as a ministry would set it up: a type of its own with an archive, two taxonomies, meta fields in REST.
add_action('init', function () {
    register_post_type('initiative', [
        'label' => 'Initiativen', 'public' => true, 'show_in_rest' => true, 'rest_base' => 'initiativen', 'has_archive' => 'initiativen',
        'rewrite' => ['slug' => 'initiative'], 'supports' => ['title', 'editor', 'custom-fields'],
    ]);
    register_taxonomy('region', 'initiative', ['label' => 'Region', 'show_in_rest' => true]);
    register_taxonomy('zielgruppe', 'initiative', ['label' => 'Zielgruppe', 'show_in_rest' => true]);
    foreach (['laufzeit', 'budget', 'traeger'] as $name) {
        register_post_meta('initiative', $name, ['show_in_rest' => true, 'single' => true, 'type' => 'string']);
    }
});
if (getenv('REST_PREFIX')) {
    add_filter('rest_url_prefix', fn() => getenv('REST_PREFIX'));
}
add_filter('pre_http_request', fn() => new WP_Error('offline', 'no network'));  // WordPress asks for updates
