<?php
// php do.php FOLDER install|seed|posts|change|delete: what an editor would do, from the command line.
[, $folder, $what] = $argv;
$_SERVER['HTTP_HOST'] = getenv('SITE_HOST') ?: 'wordpress.test';
$_SERVER['REQUEST_URI'] = '/';
if ($what === 'install') {
    define('WP_INSTALLING', true);
}
require "$folder/wp-load.php";
if ($what === 'install') {
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    wp_install('Digitale Bildung', 'editor', 'editor@example.org', true, '', 'not-a-secret');
    update_option('permalink_structure', '/%year%/%postname%/');
    flush_rewrite_rules(true);
} elseif ($what === 'seed') {
    flush_rewrite_rules(true);
    $words = [
        'de' => ['Programm Digitale Schule', 'Schulen erhalten Geräte, Netze und Fortbildung für den Unterricht mit digitalen Medien.', 'Tirol', 'Lehrkräfte'],
        'fr' => ['Plan numérique des écoles', 'Les écoles reçoivent des appareils, des réseaux et des formations pour enseigner avec le numérique.', 'Bretagne', 'enseignants'],
        'cs' => ['Program digitální školy', 'Školy získají zařízení, sítě a vzdělávání učitelů pro výuku s digitálními technologiemi.', 'Jihočeský kraj', 'učitelé'],
        'el' => ['Πρόγραμμα ψηφιακού σχολείου', 'Τα σχολεία αποκτούν συσκευές, δίκτυα και επιμόρφωση για τη διδασκαλία με ψηφιακά μέσα.', 'Κρήτη', 'εκπαιδευτικοί'],
    ];
    $kinds = array_keys($words);
    for ($i = 1; $i <= 124; $i++) {
        [$title, $text, $region, $group] = $words[$kinds[$i % 4]];
        $id = wp_insert_post([
            'post_type' => 'initiative', 'post_status' => 'publish', 'post_title' => "$title $i", 'post_name' => "massnahme-$i",
            'post_content' => "<p>$text Nr. $i.</p>\n" . str_repeat("<p>$text</p>\n", 60), 'post_date' => sprintf('2022-%02d-%02d 10:00:00', 1 + $i % 12, 1 + $i % 28),
        ], true);
        if (is_wp_error($id)) {
            exit($id->get_error_message());
        }
        update_post_meta($id, 'laufzeit', (2015 + $i % 9) . '-' . (2019 + $i % 9));
        update_post_meta($id, 'budget', ($i * 10) . ' 000 EUR');
        update_post_meta($id, 'traeger', "Träger $i");
        wp_set_object_terms($id, $region, 'region');
        wp_set_object_terms($id, $group, 'zielgruppe');
    }
    for ($i = 1; $i <= 5; $i++) {
        wp_insert_post(['post_type' => 'post', 'post_status' => 'publish', 'post_title' => "Nachricht $i", 'post_content' => '<p>Aus dem Haus.</p>']);
    }
} elseif ($what === 'posts') {
    // a site as it comes: posts in a category, addresses with ?p=, the interface behind ?rest_route=
    require_once ABSPATH . 'wp-admin/includes/taxonomy.php';
    update_option('permalink_structure', '');
    update_option('blogname', 'Écoles connectées');
    $category = wp_create_category('Projets');
    for ($i = 1; $i <= 37; $i++) {
        wp_insert_post([
            'post_type' => 'post', 'post_status' => 'publish', 'post_title' => "Projet numérique du collège $i", 'post_category' => [$category],
            'post_content' => "<p>Le projet équipe les classes et forme les enseignants de toute l'académie.</p><p>Durée : 2021 à 2024</p>",
        ]);
    }
} elseif ($what === 'change') {
    $post = get_page_by_path('massnahme-7', OBJECT, 'initiative');
    wp_update_post(['ID' => $post->ID, 'post_title' => 'Umbenannte Maßnahme 7']);
} elseif ($what === 'delete') {
    foreach (['massnahme-9', 'massnahme-124'] as $name) {
        wp_delete_post(get_page_by_path($name, OBJECT, 'initiative')->ID, true);
    }
}
echo "done\n";
